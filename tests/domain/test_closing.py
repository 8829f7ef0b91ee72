from chat.domain.closing import REASONS, CloseCode


def test_the_codes_are_those_of_the_protocol():
    assert [code.value for code in CloseCode] == [
        1000, 4001, 4002, 4003, 4010, 4013, 4014, 4100, 4101, 4102, 4103, 4105, 4201,
    ]  # fmt: skip


def test_the_range_says_whether_to_come_back():
    assert {code for code in CloseCode if code.retry} == {code for code in CloseCode if code >= 4100}


def test_each_has_a_reason_that_fits_into_a_close_frame():
    assert set(REASONS) == set(CloseCode)
    assert all(0 < len(reason.encode()) <= 123 for reason in REASONS.values())

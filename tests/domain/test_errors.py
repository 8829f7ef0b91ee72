import pytest

from chat.domain.errors import ALL, ChatError, Invalid, RateLimited, Unavailable

WIRE = (
    "invalid unknown_command unauthenticated forbidden not_found conflict muted banned locked slow_mode blocked "
    "rate_limited too_large overloaded unavailable"
)


def test_the_codes_are_those_of_the_protocol():
    assert list(ALL) == WIRE.split()


def test_only_the_three_of_the_protocol_are_worth_repeating():
    assert {code for code, error in ALL.items() if error.retryable} == {"rate_limited", "overloaded", "unavailable"}


@pytest.mark.parametrize("error", ALL.values())
def test_each_has_a_fitting_status_and_a_sentence_of_its_own(error):
    assert 400 <= error.status < 600
    assert str(error()) == error().message == error.default
    assert error.default.endswith(".")


def test_an_error_carries_its_own_sentence_its_fields_and_when_to_repeat():
    error = Invalid("No.", fields={"body": "Too long."})
    assert (error.message, error.fields, error.retry_after_ms) == ("No.", {"body": "Too long."}, None)
    assert RateLimited(retry_after_ms=5).retry_after_ms == 5


def test_an_error_is_explained_in_one_line_with_its_fields():
    assert Unavailable().explained == Unavailable.default
    assert Invalid("No.", fields={"body": "Too long.", "seq": "No number."}).explained == (
        "No. body: Too long. seq: No number."
    )


def test_every_error_can_be_caught_as_one():
    assert all(issubclass(error, ChatError) for error in ALL.values())

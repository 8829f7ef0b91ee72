import pytest

from chat.realtime.framing import frame_binary, frame_text


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_text_frame_states_its_length_in_the_shortest_form(size, head):
    payload = b"x" * size
    assert frame_text(payload) == head + payload


def test_a_binary_frame_says_that_it_is_binary():
    assert frame_binary(b"\x00\xff") == b"\x82\x02\x00\xff"

import pytest
from websockets.frames import Frame, Opcode

from chat.realtime.framing import frame_binary, frame_text, read_message


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


@pytest.mark.parametrize("size", [0, 1, 3, 4, 125, 126, 127, 5_000, 65_535])
@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
def test_the_usual_frame_of_a_client_is_read_whatever_its_length(opcode, size):
    payload = bytes(number * 7 % 128 for number in range(size))
    frame = Frame(opcode, payload).serialize(mask=True)
    assert read_message(frame) == (payload, opcode is Opcode.BINARY)


@pytest.mark.parametrize(
    "data",
    {
        "nothing": b"",
        "a part": Frame(Opcode.TEXT, b"tide").serialize(mask=True)[:-1],
        "a part of a head": Frame(Opcode.TEXT, b"t" * 200).serialize(mask=True)[:3],
        "more than one": Frame(Opcode.TEXT, b"tide").serialize(mask=True) * 2,
        "without a mask": Frame(Opcode.TEXT, b"tide").serialize(mask=False),
        "without a mask, as long as with one": b"\x81\x04tidetide",
        "a fragment": Frame(Opcode.TEXT, b"tide", fin=False).serialize(mask=True),
        "the rest of fragments": Frame(Opcode.CONT, b"tide").serialize(mask=True),
        "compressed": b"\xc1" + Frame(Opcode.TEXT, b"tide").serialize(mask=True)[1:],
        "a ping": Frame(Opcode.PING, b"tide").serialize(mask=True),
        "a close": Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True),
        "too long": Frame(Opcode.BINARY, b"t" * 65_536).serialize(mask=True),
        "a short one that takes two bytes to say so": b"\x81\xfe\x00\x04" + bytes(4 + 4),
        "the same with more behind it": b"\x81\xfe\x00\x04" + bytes(4 + 126),
        "a length in eight bytes": b"\x81\xff" + bytes(4 + 127),
        "no UTF-8": Frame(Opcode.TEXT, b"tide\xff").serialize(mask=True),
    }.items(),
    ids=lambda item: item[0],
)
def test_any_other_is_left_to_who_knows_the_whole_protocol(data):
    assert read_message(data[1]) is None

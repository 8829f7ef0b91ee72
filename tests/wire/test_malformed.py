"""Whatever is sent, decoding gives a frame or one documented error, and the same one in every format."""

import json
from typing import Any

import msgpack
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.wire import chat_pb2 as pb
from chat.wire.client import FRAME_BYTES, SendMessage
from chat.wire.codecs import CODECS
from chat.wire.codecs.base import COMMANDS, Codec, Malformed
from chat.wire.codecs.json import JSON
from chat.wire.codecs.msgpack import MSGPACK
from chat.wire.codecs.protobuf import PROTOBUF
from tests.formats import FORMATS
from tests.wire.examples import CLIENT_FRAMES
from tests.wire.make_fixtures import value_of

SEND = {"command": "send-message", "id": 7, "room": "harbour", "message": {"client_id": "c", "body": "b"}}
UNKNOWN_ARM = b"\xf2\x07\x00"
"""A field 126 of a frame, which this version does not have."""

Outcome = tuple[str, Any]


def outcome(codec: Codec, data: str | bytes) -> Any:
    """The frame, or the error's code and the id it answers to."""
    try:
        return codec.decode(data)
    except Malformed as malformed:
        return (malformed.error.code, malformed.id)


# --- The same error in every format ----------------------------------------------------------------------------------

ALIKE = {
    "unknown command": (SEND | {"command": "burn"}, ("unknown_command", 7)),
    "no command": ({"id": "a"}, ("invalid", "a")),
    "no command and no id": ({}, ("invalid", None)),
    "no message": ({"command": "send-message", "id": 7, "room": "harbour"}, ("invalid", 7)),
    "long slug": (SEND | {"room": "r" * 65}, ("invalid", 7)),
    "long id": (SEND | {"id": "i" * 65}, ("invalid", None)),
    "negative number": ({"command": "mark-read", "id": 7, "room": "harbour", "seq": -1}, ("invalid", 7)),
    "number above 2^53": ({"command": "mark-read", "id": 7, "room": "harbour", "seq": 2**53}, ("invalid", 7)),
    "too many rooms": ({"command": "subscribe", "id": 7, "rooms": [{"room": "a"}] * 101}, ("invalid", 7)),
}
SHAPELESS = {
    "wrong type": (SEND | {"room": 5}, ("invalid", 7)),
    "text for a number": ({"command": "mark-read", "id": 7, "room": "harbour", "seq": "1"}, ("invalid", 7)),
    "id of another type": (SEND | {"id": [1]}, ("invalid", None)),
    "id beyond 64 bits": (SEND | {"id": 2**64 - 1}, ("invalid", None)),
    "command of another type": (SEND | {"command": 5}, ("invalid", None)),
    "null for a text": (SEND | {"room": None}, ("invalid", 7)),
    "no object": ([SEND], ("invalid", None)),
}
"""What the types of Protobuf cannot even say."""


@pytest.mark.parametrize("case", [*ALIKE, *SHAPELESS])
@pytest.mark.parametrize("subprotocol", ["chat.v1.json", "chat.v1.msgpack"])
def test_a_faulty_value_gets_its_error(case: str, subprotocol: str):
    value, expected = (ALIKE | SHAPELESS)[case]
    assert outcome(CODECS[subprotocol], FORMATS[subprotocol].write(value)) == expected


@pytest.mark.parametrize("case", ALIKE)
def test_a_faulty_value_gets_its_error_in_protobuf_too(case: str):
    value, expected = ALIKE[case]
    if value.get("command") in COMMANDS:
        data = FORMATS["chat.v1.protobuf"].write(value)
    else:
        names = {str: "id", int: "number_id"}
        known = pb.ClientFrame(**{names[type(each)]: each for name, each in value.items() if name == "id"})
        data = known.SerializeToString() + (UNKNOWN_ARM if "command" in value else b"")
    assert outcome(PROTOBUF, data) == expected


@pytest.mark.parametrize("codec", CODECS.values(), ids=list(CODECS))
def test_unknown_fields_are_ignored(codec: Codec):
    known = FORMATS[codec.subprotocol].write(SEND)
    data = (
        known + pb.ClientFrame().SerializeToString() + UNKNOWN_ARM
        if codec is PROTOBUF and isinstance(known, bytes)
        else FORMATS[codec.subprotocol].write(SEND | {"colour": {"deep": [1, None, 2.5]}})
    )
    assert codec.decode(data) == codec.decode(known)


# --- Bytes that are no frame -----------------------------------------------------------------------------------------

DEEP = 10_000
BROKEN = {
    "chat.v1.json": {
        "nothing": "",
        "half an object": '{"command":',
        "two frames": json.dumps(SEND) * 2,
        "deep": '{"command":"ping","x":' + "[" * DEEP + "]" * DEEP + "}",
        "deeper than the room": '{"command":"send-message","room":' + '{"a":' * DEEP + "1" + "}" * DEEP + "}",
        "huge number": '{"command":"ping","id":' + "9" * 1000 + "}",
        "NaN": '{"command":"ping","id":NaN}',
        "lone surrogate": '{"command":"set-typing","id":"a","room":"\\ud800"}',
        "raw surrogate": '{"command":"set-typing","room":"\ud800"}',
    },
    "chat.v1.msgpack": {
        "nothing": b"",
        "half an object": msgpack.packb(SEND)[:-3],
        "two frames": msgpack.packb(SEND) * 2,
        "deep": b"\x82\xa7command\xa4ping\xa1x" + b"\x91" * DEEP + b"\xc0",
        "deeper than the room": b"\x82\xa7command\xaasend-message\xa4room" + b"\x81\xa1a" * DEEP + b"\xc0",
        "list of 2^32 without its items": b"\x82\xa7command\xa9subscribe\xa5rooms\xdd\xff\xff\xff\xff",
        "text of 2^32 without its letters": b"\x82\xa7command\xaaset-typing\xa4room\xdb\xff\xff\xff\xff",
        "bytes for a text": msgpack.packb({"command": "set-typing", "room": b"harbour"}),
        "invalid UTF-8": b"\x82\xa7command\xaaset-typing\xa4room\xa2\xff\xff",
        "lone surrogate": b"\x82\xa7command\xaaset-typing\xa4room\xa3\xed\xa0\x80",
        "keys that are no text": msgpack.packb({1: 2}),
        "an extension": msgpack.packb(msgpack.ExtType(5, b"x")),
        "a reserved byte": b"\xc1",
    },
    "chat.v1.protobuf": {
        "nothing": b"",
        "half an object": pb.ClientFrame(set_typing={"room": "harbour"}).SerializeToString()[:-1],
        "deep groups": b"\xf3\x07" * DEEP,
        "a length of 2^31": b"\x3a\xff\xff\xff\xff\x07",
        "a varint without end": b"\xff" * 11,
        "invalid UTF-8": b"\x4a\x04\x0a\x02\xff\xff",
        "lone surrogate": b"\x4a\x05\x0a\x03\xed\xa0\x80",
        "field number 0": b"\x02\x01",
    },
}


@pytest.mark.parametrize(("subprotocol", "case"), [(each, case) for each in BROKEN for case in BROKEN[each]])
def test_bytes_that_are_no_frame_are_invalid(subprotocol: str, case: str):
    code, _ = outcome(CODECS[subprotocol], BROKEN[subprotocol][case])
    assert code == "invalid"


@pytest.mark.parametrize("codec", CODECS.values(), ids=list(CODECS))
def test_a_frame_of_the_other_kind_is_invalid(codec: Codec):
    data = FORMATS[codec.subprotocol].write(SEND)
    other = data.decode("latin1") if isinstance(data, bytes) else data.encode()
    assert outcome(codec, other) == ("invalid", None)


@pytest.mark.parametrize("codec", CODECS.values(), ids=list(CODECS))
def test_nul_and_the_largest_text_arrive_as_they_are(codec: Codec):
    body = "\0" + "x" * (FRAME_BYTES - 200)
    said = codec.decode(FORMATS[codec.subprotocol].write(SEND | {"message": {"client_id": "c", "body": body}}))
    assert isinstance(said, SendMessage)
    assert said.message.body == body


# --- Anything at all -------------------------------------------------------------------------------------------------

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
VALID = [value_of(frame) for frame in CLIENT_FRAMES]
NAMES = sorted({name for value in VALID for name in value} | {"client_id", "body", "reply_to"})


@st.composite
def near_frames(draw: st.DrawFn) -> Any:
    """A valid frame of which some fields were changed, taken away or added."""
    value = dict(draw(st.sampled_from(VALID)))
    for name in draw(st.lists(st.sampled_from([*NAMES, *value]), max_size=2)):
        if draw(st.booleans()):
            value[name] = draw(ANYTHING | st.sampled_from([each.get(name) for each in VALID]))
        else:
            value.pop(name, None)
    return value


def _agrees_with_utf8(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@settings(max_examples=600, deadline=None)
@given(near_frames() | ANYTHING)
@example({"command": "mark-read", "id": 1.0, "room": "a", "seq": 1.0})
@example({"command": "mark-read", "id": True, "room": "a", "seq": False})
def test_any_value_is_the_same_frame_or_error_in_json_and_messagepack(value: Any):
    if _agrees_with_utf8(value):
        assert outcome(JSON, json.dumps(value)) == outcome(MSGPACK, msgpack.packb(value))


@settings(max_examples=600, deadline=None)
@given(st.data())
@pytest.mark.parametrize("subprotocol", ["chat.v1.msgpack", "chat.v1.protobuf"])
def test_any_bytes_give_a_frame_or_an_error(subprotocol: str, data: st.DataObject):
    codec, written = CODECS[subprotocol], FORMATS[subprotocol].write(data.draw(st.sampled_from(VALID)))
    assert isinstance(written, bytes)
    place, length = (data.draw(st.integers(0, len(written))) for _ in "12")
    outcome(codec, written[:place] + data.draw(st.binary(max_size=8)) + written[place + length :])
    outcome(codec, data.draw(st.binary(max_size=64)))


@settings(max_examples=600, deadline=None)
@given(st.text(st.characters(codec=None)) | near_frames().map(json.dumps), st.integers(0, 200), st.text(max_size=4))
def test_any_text_gives_a_frame_or_an_error(text: str, place: int, inserted: str):
    outcome(JSON, text)
    outcome(JSON, text[:place] + inserted + text[place + len(inserted) :])

"""`chat.v1.protobuf`: binary frames as the published `chat.proto` describes them.

The file mirrors the shapes name by name, so values pass as they are. Only what JSON tells by the value itself (which
command, which kind of id, event or result, null or nothing) is told by the field, and is turned here.
"""

from collections.abc import Sequence
from typing import Any, get_args, get_type_hints

import msgspec
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet

from chat.domain.shapes import PinEvent, ReactionEvent
from chat.wire import chat_pb2 as pb
from chat.wire.client import AnyClientFrame
from chat.wire.codecs.base import COMMANDS, Codec, Header
from chat.wire.encoded import Encoded
from chat.wire.results import Following, SignedIn
from chat.wire.server import Reply, ServerFrame

Value = dict[str, Any]

COMMON = ("seq", "kind", "at", "actor")
"""What all events have."""
CHANGES = {
    kind: change
    for change, shape in {"reaction": ReactionEvent, "pin": PinEvent}.items()
    for kind in get_args(get_type_hints(shape)["kind"])
}
"""Kinds whose own fields stand in a message of their own; all others carry one shape."""
RESULTS: dict[type, str] = {SignedIn: "signed_in", Following: "following"}
"""Results that are a message of their own; all others are the fields of `Result`."""
UNKNOWN = "unknown"
"""Any command that is not in the file; its name is not on the wire."""


class ProtobufCodec(Codec):
    """Frames as Protobuf."""

    subprotocol = "chat.v1.protobuf"
    binary = True

    def encode(self, frame: ServerFrame) -> bytes:
        value = msgspec.to_builtins(frame)
        command = value.pop("command").replace("-", "_")
        if isinstance(frame, Reply):
            value = _reply(frame, value)
        return _bytes(pb.ServerFrame(**{command: value}))

    def events(self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False) -> bytes:
        frame = pb.ServerFrame(events={"room": room, "after": after, "more": more})
        frame.events.MergeFromString(b"".join(event.form(self.subprotocol, _part) for event in events))
        return _bytes(frame)

    def _read(self, data: bytes) -> AnyClientFrame:
        value = _frame(data)
        kind = COMMANDS.get(value.get("command"))
        if kind is None:
            raise msgspec.DecodeError("There is no command that is known.")
        return msgspec.convert(value, kind)

    def _read_header(self, data: bytes) -> Header:
        return msgspec.convert(_frame(data), Header)


PROTOBUF = ProtobufCodec()


# --- What the server says --------------------------------------------------------------------------------------------


def _bytes(message: Message) -> bytes:
    data: bytes = message.SerializeToString(deterministic=True)
    return data


def _reply(frame: Reply, value: Value) -> Value:
    if isinstance(frame.id, int):
        value["number_id"] = value.pop("id")
    if result := RESULTS.get(type(frame.result)):
        value["result"] = {result: value["result"]}
    return value


def _part(event: Value) -> bytes:
    """One event as a piece of an `events` frame: repeated fields behind each other are one list."""
    return _bytes(pb.Events(events=[_event(event)]))


def _event(event: Value) -> Value:
    if event["kind"] not in CHANGES:
        return event
    common = {name: event.pop(name) for name in COMMON}
    return common | {CHANGES[common["kind"]]: event}


# --- What a client says ----------------------------------------------------------------------------------------------


def _frame(data: bytes) -> Value:
    """The frame as JSON would say it. Raises msgspec.DecodeError."""
    try:
        frame = pb.ClientFrame.FromString(data)
    except DecodeError as error:
        raise msgspec.DecodeError(str(error)) from None
    value: Value = {}
    if command := frame.WhichOneof("command"):
        value = {"command": command.replace("_", "-")} | _fields(getattr(frame, command))
    elif len(UnknownFieldSet(frame)):
        value["command"] = UNKNOWN
    if kind := frame.WhichOneof("id_kind"):
        value["id"] = getattr(frame, kind)
    return value


def _fields(message: Message) -> Value:
    """The fields that are set or always have a value."""
    value = {
        field.name: _plain(getattr(message, field.name))
        for field in message.DESCRIPTOR.fields
        if not field.has_presence or message.HasField(field.name)
    }
    if value.pop("all_missed", False):
        value["most"] = None
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return _fields(value)
    return value if isinstance(value, str | int) else [_plain(each) for each in value]

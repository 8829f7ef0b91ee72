"""The three formats as a client reads and writes them, without our codecs: values in the form of JSON, both ways.

What JSON says by null, false or an empty map, the other formats may say by nothing; `plain` makes all of it nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
from google.protobuf.message import Message

from chat.wire import chat_pb2 as pb

Value = dict[str, Any]


@dataclass(frozen=True)
class Format:
    """One subprotocol: `write` is for frames of clients, `read` for frames of the server."""

    write: Callable[[Value], str | bytes]
    read: Callable[[Any], Value]
    suffix: str


def plain(value: Any) -> Any:
    """The value without what says no more than its absence; a result is told by its being there."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    fields = {name: plain(each) for name, each in value.items()}
    return {
        name: each
        for name, each in fields.items()
        if name == "result" or not (each is None or each is False or each == {})
    }


# --- Protobuf --------------------------------------------------------------------------------------------------------


def write_protobuf(value: Value) -> bytes:
    """A client's frame."""
    fields = dict(value)
    command = fields.pop("command").replace("-", "_")
    frame = pb.ClientFrame()
    if (number := fields.pop("id", None)) is not None:
        setattr(frame, "number_id" if isinstance(number, int) else "id", number)
    fields["rooms"] = [_subscription(each) for each in fields["rooms"]] if "rooms" in fields else None
    getattr(frame, command).MergeFrom(type(getattr(frame, command))(**_known(_subscription(fields))))
    getattr(frame, command).SetInParent()
    return bytes(frame.SerializeToString())


def _known(fields: Value) -> Value:
    return {name: each for name, each in fields.items() if each is not None}


def _subscription(fields: Value) -> Value:
    return {**fields, "all_missed": True} if "most" in fields and fields["most"] is None else fields


def read_protobuf(data: bytes) -> Value:
    """A frame of the server."""
    frame = pb.ServerFrame.FromString(data)
    command = frame.WhichOneof("command")
    value = {"command": command.replace("_", "-")} | read_message(getattr(frame, command))
    if command == "events":
        value["events"] = [_event(each) for each in value["events"]]
    if command == "reply":
        value["id"] = value.pop("number_id", value.get("id"))
        result = value.get("result", {})
        value |= {"result": result.get("signed_in", result.get("following", result))} if "result" in value else {}
    return value


def _event(value: Value) -> Value:
    return {**value.pop("reaction", {}), **value.pop("pin", {}), **value}


def read_message(message: Message) -> Value:
    """The fields that are set, and those that always have a value."""
    value = {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields if not field.has_presence}
    value |= {field.name: each for field, each in message.ListFields()}
    return {name: _read_field(each) for name, each in value.items()}


def _read_field(value: Any) -> Any:
    if isinstance(value, Message):
        return read_message(value)
    if hasattr(value, "items"):
        return dict(value)
    return value if isinstance(value, str | int | float) else [_read_field(each) for each in value]


FORMATS = {
    "chat.v1.json": Format(json.dumps, json.loads, "json"),
    "chat.v1.msgpack": Format(msgpack.packb, msgpack.unpackb, "msgpack"),
    "chat.v1.protobuf": Format(write_protobuf, read_protobuf, "protobuf"),
}

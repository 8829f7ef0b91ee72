"""The published file says what the shapes say, field by field, and the code made from it is current."""

from collections.abc import Iterator
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto
from grpc_tools import protoc

from chat.domain import shapes
from chat.wire import chat_pb2, results, server
from chat.wire.client import AnyClientFrame, ClientFrame

PROTO = Path(shapes.__file__).parents[1] / "static/chat/chat.proto"
GENERATED = Path(chat_pb2.__file__)

EVENT = get_type_hints(shapes.PinEvent).keys() - {"message", "version"}
TOLD_BY_THE_FIELD = {
    "ClientFrame": {"id": "string", "number_id": "int64"},
    "Reply": {"id": "string", "number_id": "int64", "result": "Result", "error": "ErrorBody"},
    "Result": {"message": "Message", "signed_in": "SignedIn", "following": "Following", "held": "bool"},
    "Followed": {"room": "string", "head": "int64", "error": "ErrorBody"},
    "Event": {
        **dict.fromkeys(EVENT - {"seq"}, "string"),
        "seq": "int64",
        "message": "Message",
        "reaction": "ReactionChange",
        "pin": "PinChange",
        "member": "Member",
        "room": "Room",
    },
}
"""Messages that differ from the shapes, because JSON tells by the value which of several things it is."""
UNIONS = {
    results.Subscribed | results.NotSubscribed: "Followed",
    shapes.Event: "Event",
}
SCALARS = {str: "string", int: "int64", bool: "bool", float: "double", datetime: "string"}

Fields = dict[str, str]


def test_every_shape_of_the_wire_has_its_message_and_every_message_its_shape():
    assert _published() == _expected()


def test_the_generated_code_is_current(tmp_path: Path):
    assert protoc.main(["protoc", f"-I{PROTO.parent}", f"--python_out={tmp_path}", PROTO.name]) == 0
    assert (tmp_path / GENERATED.name).read_text() == GENERATED.read_text(), "run `make proto`"


def test_numbers_start_at_one_and_leave_no_unreserved_hole():
    for name, message in chat_pb2.DESCRIPTOR.message_types_by_name.items():
        written = DescriptorProto()
        message.CopyToProto(written)
        gone = [number for reserved in written.reserved_range for number in range(reserved.start, reserved.end)]
        numbers = sorted([*gone, *(field.number for field in written.field)])
        assert numbers == list(range(1, len(numbers) + 1)), name


# --- What is published -----------------------------------------------------------------------------------------------


def _published() -> dict[str, Fields]:
    messages = chat_pb2.DESCRIPTOR.message_types_by_name
    return {name: {field.name: _described(field) for field in message.fields} for name, message in messages.items()}


def _described(field: FieldDescriptor) -> str:
    message = field.message_type
    if message and message.GetOptions().map_entry:
        return f"map<{_described(message.fields[0])}, {_described(message.fields[1])}>"
    name = message.name if message else _scalar(field)
    oneof = field.containing_oneof
    optional = oneof is not None and oneof.name == f"_{field.name}"
    return f"{'repeated ' if field.is_repeated else 'optional ' if optional else ''}{name}"


def _scalar(field: FieldDescriptor) -> str:
    names = {
        FieldDescriptor.TYPE_STRING: "string",
        FieldDescriptor.TYPE_INT64: "int64",
        FieldDescriptor.TYPE_BOOL: "bool",
        FieldDescriptor.TYPE_DOUBLE: "double",
    }
    return names[field.type]


# --- What the shapes say ---------------------------------------------------------------------------------------------


def _expected() -> dict[str, Fields]:
    client, said = get_args(AnyClientFrame), get_args(server.AnyServerFrame)
    expected = {shape.__name__: _fields(shape) for shape in _reachable({*client, *said, *get_args(results.Result)})}
    for shape, name in ((shapes.ReactionEvent, "ReactionChange"), (shapes.PinEvent, "PinChange")):
        expected[name] = {field: kind for field, kind in _fields(shape).items() if field not in EVENT}
    for told_by_the_field in (results.Done, results.MessageResult, results.HeldResult, *_members(UNIONS)):
        del expected[told_by_the_field.__name__]
    expected["ServerFrame"] = _arms(said)
    return expected | TOLD_BY_THE_FIELD | {"ClientFrame": TOLD_BY_THE_FIELD["ClientFrame"] | _arms(client)}


def _arms(frames: tuple[type[msgspec.Struct], ...]) -> Fields:
    return {frame.__struct_config__.tag.replace("-", "_"): frame.__name__ for frame in frames}


def _fields(shape: type[msgspec.Struct]) -> Fields:
    hints = get_type_hints(shape)
    if issubclass(shape, ClientFrame):
        del hints["id"]
    fields = {name: _kind(hint) for name, hint in hints.items() if name in shape.__struct_fields__}
    return fields | ({"all_missed": "bool"} if "most" in fields else {})


def _kind(hint: Any) -> str:
    kinds = [each for each in _options(hint) if each is not NoneType]
    for union, name in UNIONS.items():
        if set(kinds) == set(get_args(union)):
            return name
    if len(kinds) > 1:
        return "told by the field"
    [kind] = kinds
    if get_origin(kind) is list:
        return f"repeated {_kind(get_args(kind)[0])}"
    if get_origin(kind) is dict:
        return "map<{}, {}>".format(*map(_kind, get_args(kind)))
    kind = int if isinstance(kind, type) and issubclass(kind, IntEnum) else kind
    if kind in SCALARS:
        return f"{'optional ' if NoneType in _options(hint) else ''}{SCALARS[kind]}"
    return str(kind.__name__)


def _options(hint: Any) -> tuple[Any, ...]:
    """What a value of this hint may be, without what does not concern the wire."""
    if get_origin(hint) is Annotated:
        return _options(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return (type(get_args(hint)[0]),)
    if get_origin(hint) in (Union, UnionType):
        options = (option for each in get_args(hint) for option in _options(each))
        return tuple(option for option in options if option not in (list[msgspec.Raw], msgspec.UnsetType))
    return (hint,)


def _reachable(shapes_left: set[Any]) -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set()
    while shapes_left:
        shape = shapes_left.pop()
        if shape not in found:
            found.add(shape)
            hints = (get_type_hints(shape)[name] for name in shape.__struct_fields__)
            shapes_left |= {each for hint in hints for each in _structs(hint)}
    return found


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    for option in _options(hint):
        if isinstance(option, type) and issubclass(option, msgspec.Struct) and get_origin(option) is None:
            yield option
        for inner in get_args(option):
            yield from _structs(inner)


def _members(unions: dict[Any, str]) -> Iterator[type[msgspec.Struct]]:
    for union in unions:
        yield from get_args(union)

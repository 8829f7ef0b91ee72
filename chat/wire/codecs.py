"""Frames to bytes and back, one codec for each subprotocol."""

from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from chat.domain.errors import ChatError, Invalid, UnknownCommand
from chat.domain.shapes import NARROWING_KINDS, Event, MessageEvent
from chat.wire.frames import AnyClientFrame, ErrorBody, FrameId

COMMANDS = frozenset(frame.__struct_config__.tag for frame in get_args(AnyClientFrame))


class Encoded(msgspec.Struct, frozen=True):
    """An event as the hub carries it: its number, its JSON, and what the hub must know without decoding it.

    `narrowing`: somebody may see less behind it. `rewrites`: the seq of a message whose older states must not be
    shown any more.
    """

    seq: int
    json: bytes
    narrowing: bool
    rewrites: int | None


class Malformed(Exception):
    """A frame that could not be read; `id` is the client's, as far as it was legible."""

    def __init__(self, error: ChatError, frame_id: FrameId = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.id = frame_id


class _Header(msgspec.Struct):
    command: str
    id: FrameId = None


class JsonCodec:
    """`chat.v1.json`: text frames."""

    subprotocol = "chat.v1.json"
    binary = False

    def __init__(self) -> None:
        self._decoder = msgspec.json.Decoder(AnyClientFrame)
        self._header = msgspec.json.Decoder(_Header)
        self.encode = msgspec.json.Encoder().encode

    def decode(self, data: str | bytes) -> AnyClientFrame:
        """The client's frame. Raises Malformed."""
        try:
            frame: AnyClientFrame = self._decoder.decode(data)
            return frame
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise self._explain(data, error) from None

    def _explain(self, data: str | bytes, error: Exception) -> Malformed:
        try:
            header = self._header.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return Malformed(Invalid(f"Not a frame: {error}"))
        if header.command not in COMMANDS:
            return Malformed(UnknownCommand(), header.id)
        return Malformed(Invalid(str(error)), header.id)

    def events(self, room: str, after: int, events: Iterable[Encoded], *, more: bool = False) -> bytes:
        """An `events` frame around events that are encoded already; `room` is a slug and needs no escaping."""
        head = f'{{"command":"events","room":"{room}","after":{after},"events":['
        tail = b'],"more":true}' if more else b"]}"
        return head.encode() + b",".join(event.json for event in events) + tail


JSON = JsonCodec()
CODECS = {codec.subprotocol: codec for codec in (JSON,)}


def encode_event(event: Event) -> Encoded:
    """An event for the hub."""
    rewrites = event.message.seq if isinstance(event, MessageEvent) and event.kind != "message.created" else None
    return Encoded(event.seq, JSON.encode(event), event.kind in NARROWING_KINDS, rewrites)


def encode_events(events: Sequence[Event]) -> list[Encoded]:
    """Events for the hub, in the same order."""
    return [encode_event(event) for event in events]


def error_body(error: ChatError) -> ErrorBody:
    """An error as REST and sockets show it."""
    return ErrorBody(error.code, error.message, error.retry_after_ms, error.fields)

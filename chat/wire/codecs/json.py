"""`chat.v1.json`: text frames."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chat.wire.client import AnyClientFrame
from chat.wire.codecs.base import Codec, Header
from chat.wire.encoded import Encoded
from chat.wire.server import Events

_frame: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)
_header = msgspec.json.Decoder(Header)
_encode = msgspec.json.Encoder().encode


class JsonCodec(Codec):
    """Frames as JSON; it also encodes the answers of REST, streams and polls."""

    subprotocol = "chat.v1.json"
    binary = False

    def encode(self, frame: Any) -> bytes:
        return _encode(frame)

    def events(self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False) -> bytes:
        parts = [msgspec.Raw(event.json) for event in events]
        return _encode(Events(room=room, after=after, events=parts, more=more))

    def _read(self, data: str) -> AnyClientFrame:
        return _frame.decode(data)

    def _read_header(self, data: str) -> Header:
        return _header.decode(data)


JSON = JsonCodec()

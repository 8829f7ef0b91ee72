"""`chat.v1.msgpack`: binary frames, of the same maps, lists, texts and numbers as in JSON."""

from collections.abc import Sequence

import msgspec

from chat.wire.client import AnyClientFrame
from chat.wire.codecs.base import Codec, Header
from chat.wire.encoded import Encoded
from chat.wire.server import Events, ServerFrame

_frame: msgspec.msgpack.Decoder[AnyClientFrame] = msgspec.msgpack.Decoder(AnyClientFrame)
_header = msgspec.msgpack.Decoder(Header)
_encode = msgspec.msgpack.Encoder().encode


class MsgpackCodec(Codec):
    """Frames as MessagePack without extension types; times are text."""

    subprotocol = "chat.v1.msgpack"
    binary = True

    def encode(self, frame: ServerFrame) -> bytes:
        return _encode(msgspec.to_builtins(frame))

    def events(self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False) -> bytes:
        parts = [msgspec.Raw(event.form(self.subprotocol, _encode)) for event in events]
        return _encode(Events(room=room, after=after, events=parts, more=more))

    def _read(self, data: bytes) -> AnyClientFrame:
        return _frame.decode(data)

    def _read_header(self, data: bytes) -> Header:
        return _header.decode(data)


MSGPACK = MsgpackCodec()

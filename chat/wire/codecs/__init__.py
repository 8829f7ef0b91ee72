"""One codec for each subprotocol."""

from chat.wire.codecs.base import Codec
from chat.wire.codecs.json import JSON
from chat.wire.codecs.msgpack import MSGPACK
from chat.wire.codecs.protobuf import PROTOBUF

CODECS: dict[str, Codec] = {codec.subprotocol: codec for codec in (JSON, MSGPACK, PROTOBUF)}

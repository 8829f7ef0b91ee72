"""Writes `fixtures/`: every example as one JSON value and as the bytes of the other formats, for anybody's decoder.

`make proto` runs it. What clients say is written by a client's means (tests/formats.py), what the server says by ours.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from chat.wire import server
from chat.wire.client import AnyClientFrame
from chat.wire.codecs import CODECS
from chat.wire.codecs.base import Codec
from chat.wire.encoded import encode_events
from tests.formats import FORMATS, Value
from tests.wire.examples import CLIENT_FRAMES, SERVER_FRAMES, named

FOLDER = Path(__file__).parent / "fixtures"


def value_of(frame: AnyClientFrame | server.AnyServerFrame) -> Value:
    """The frame as JSON has it."""
    value: Value = json.loads(msgspec.json.encode(frame))
    return value


def encode(codec: Codec, frame: server.AnyServerFrame) -> bytes:
    """The frame as the server sends it."""
    if isinstance(frame, server.Events):
        return codec.events(frame.room, frame.after, encode_events(frame.events), more=frame.more)
    return codec.encode(frame)


def fixtures() -> Iterator[tuple[str, bytes]]:
    """Each file by its name."""
    for name, frame in named(CLIENT_FRAMES):
        yield f"client/{name}.json", _json(value_of(frame))
        for subprotocol in ("chat.v1.msgpack", "chat.v1.protobuf"):
            written = FORMATS[subprotocol].write(value_of(frame))
            assert isinstance(written, bytes)
            yield f"client/{name}.{FORMATS[subprotocol].suffix}", written
    for name, frame in named(SERVER_FRAMES):
        yield f"server/{name}.json", _json(value_of(frame))
        for subprotocol in ("chat.v1.msgpack", "chat.v1.protobuf"):
            yield f"server/{name}.{FORMATS[subprotocol].suffix}", encode(CODECS[subprotocol], frame)


def _json(value: Value) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, content in fixtures():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

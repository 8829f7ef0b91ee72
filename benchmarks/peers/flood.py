"""No chat: pours ready-made messages into every socket as fast as it takes them. So one learns what the generator can
count."""

import os
import sys
import time
from typing import Any

import msgspec
import picows
import uvloop

from benchmarks.tally import Said
from benchmarks.wires import Raw, text

BLOCK = 200
"""Frames written at once."""
MEDIUM = 126
"""The length byte of a WebSocket frame whose length stands in the two bytes behind it."""


def raw(number: int) -> bytes:
    """A message as the peers send it."""
    return Raw().say("", Said(0, number, time.monotonic()))


def chat(number: int) -> bytes:
    """A message as the chat sends it."""
    body = text(Said(0, number, time.monotonic()))
    author = {"id": 1, "username": "anna", "display_name": "Anna", "is_bot": False, "picture": None}
    message = {"seq": number + 1, "author": author, "body": body, "html": f"<p>{body}</p>", "reactions": []}
    event = {"seq": number + 1, "kind": "message.created", "at": "2026-01-01T00:00:00.000000Z", "message": message}
    return msgspec.json.encode({"command": "events", "room": "w0-0", "after": number, "events": [event]})


def framed(payload: bytes) -> bytes:
    """As a whole text frame of a server."""
    size = len(payload)
    length = bytes((size,)) if size < MEDIUM else bytes((MEDIUM,)) + size.to_bytes(2, "big")
    return b"\x81" + length + payload


class Flood(picows.WSListener):  # type: ignore[misc]
    """One socket under the flood."""

    message = staticmethod(raw)
    blocks: list[bytes] = []
    """The same for all sockets."""

    def on_ws_connected(self, transport: Any) -> None:
        self._transport = transport.underlying_transport
        self._poured = 0
        self._paused = False

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        """Whatever is said begins it, so that all can come in beforehand."""
        if frame.msg_type == picows.WSMsgType.TEXT:
            self.pour()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self.pour()

    def pour(self) -> None:
        """Until the socket takes no more."""
        while not (self._paused or self._transport.is_closing()):
            if self._poured == len(self.blocks):
                start = BLOCK * self._poured
                self.blocks.append(b"".join(framed(self.message(start + each)) for each in range(BLOCK)))
            self._transport.write(self.blocks[self._poured])
            self._poured += 1


async def main() -> None:
    """Serves until it is killed."""
    Flood.message = staticmethod(chat if sys.argv[1:] == ["chat"] else raw)
    server = await picows.ws_create_server(lambda request: Flood(), "127.0.0.1", int(os.environ["PORT"]), backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())

"""Clients that read late, slowly, or not at all: nothing takes bytes from the network but what a test tells to."""

import asyncio
import math
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec
from websockets.client import ClientProtocol
from websockets.frames import Frame as WebSocketFrame
from websockets.frames import Opcode
from websockets.uri import parse_uri

from tests.inhabited import Chat
from tests.listener import Listener, Log
from tests.patience import PATIENCE

WINDOW = 4096
"""The kernel takes hardly more for a client that does not read."""


class Slow(Listener):
    """A socket whose bytes are read by hand. `taken` counts them; `code` is what it was closed with.

    One that is not `answering` says nothing more, not even to pings.
    """

    def __init__(self, network: socket.socket, protocol: ClientProtocol) -> None:
        super().__init__()
        self.taken = 0
        self.answering = True
        self._network, self._protocol = network, protocol

    @property
    def code(self) -> int | None:
        return self._protocol.close_code

    @property
    def disconnects(self) -> list[int]:
        """The codes that `disconnect` has said."""
        return [frame["code"] for frame in self.heard if frame["command"] == "disconnect"]

    async def follow(self, room: str) -> None:
        """Reads until it is live in the room."""
        self._protocol.send_text(msgspec.json.encode({"command": "subscribe", "room": room, "id": 1}))
        while not self._take("live", room=room):
            await self.read()

    async def read(self, most: int = 1 << 16) -> bool:
        """Takes what is there, but no more; whether the connection still stands."""
        for data in self._protocol.data_to_send() if self.answering else ():
            await asyncio.get_running_loop().sock_sendall(self._network, data)
        async with asyncio.timeout(PATIENCE):
            data = await asyncio.get_running_loop().sock_recv(self._network, most)
        self.taken += len(data)
        self._protocol.receive_data(data) if data else self._protocol.receive_eof()
        for event in self._protocol.events_received():
            if isinstance(event, WebSocketFrame) and event.opcode is Opcode.TEXT:
                self._hear(msgspec.json.decode(event.data))
        return bool(data)

    async def read_upto(self, room: str, seq: int, *, per_second: float = math.inf) -> Log:
        """Reads until it has come to `seq`, at most so many bytes a second."""
        loop, before = asyncio.get_running_loop(), self.taken
        start, most = loop.time(), min(1 << 16, round(min(per_second, 1 << 20) / 20))
        while self.logs[room].cursor < seq:
            assert await self.read(most), f"closed with {self.code} after {self.disconnects}"
            await asyncio.sleep(start + (self.taken - before) / per_second - loop.time())
        return self.logs[room]

    async def read_to_the_end(self) -> None:
        """Reads until the connection ends, however it does."""
        try:
            while await self.read():
                pass
        except ConnectionError:
            self._protocol.receive_eof()

    def _hear(self, frame: dict) -> None:
        if frame["command"] == "reply":
            [subscribed] = frame["result"]["rooms"]
            self.logs[subscribed["room"]] = Log(subscribed["room"], subscribed["head"])
        else:
            self._take_in(frame)


@asynccontextmanager
async def slow(chat: Chat, name: str) -> AsyncIterator[Slow]:
    """A slow socket of this person, past its handshake."""
    url = f"{chat.server.ws_url}/ws/"
    protocol = ClientProtocol(parse_uri(url), max_size=None)
    request = protocol.connect()
    request.headers["Authorization"] = f"Bearer {chat.tokens[name]}"
    protocol.send_request(request)
    with socket.socket() as network:
        network.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        network.setblocking(False)
        where = urlsplit(url)
        await asyncio.get_running_loop().sock_connect(network, (where.hostname, where.port))
        client = Slow(network, protocol)
        while not client._take("hello"):
            await client.read()
        yield client

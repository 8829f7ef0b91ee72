"""The load: many sockets of one process, on uvloop and picows, that say and hear and have everything counted."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import cycle
from typing import Any

import picows

from benchmarks.tally import Frame, Heard, Said, Tally
from benchmarks.wires import Wire

AT_ONCE = 50
"""Handshakes in flight."""
SAMPLED = 100
"""Sockets of a crowd whose latencies are kept."""
MEMO = 20_000
"""Frames that are remembered: the same bytes reach every member of a room and are read once."""
TIMEOUT = 30.0

Members = Sequence[tuple[str, int | None]]
"""The room of each member, and their number if they say something."""


class Socket(picows.WSListener):  # type: ignore[misc]
    """One member of a room."""

    def __init__(self, crowd: "Crowd", room: str, sender: int | None, heard: Heard) -> None:
        self.crowd = crowd
        self.room = room
        self.sender = sender
        self.heard = heard
        self.epoch = ""
        self.said = 0
        self.transport: Any = None
        self.begin()

    def begin(self) -> None:
        """Has not entered, or not again."""
        self.entered = False
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()

    @property
    def cursor(self) -> int | None:
        return self.heard.cursor

    @cursor.setter
    def cursor(self, cursor: int) -> None:
        self.heard.cursor = cursor

    async def read(self) -> bytes:
        """The next frame of the handshake. Raises ConnectionError when there will be none."""
        payload = await self._inbox.get()
        if not payload:
            raise ConnectionError("closed while entering")
        return payload

    def write(self, payload: bytes) -> None:
        """Sends a text."""
        self.transport.send(picows.WSMsgType.TEXT, payload)

    def on_ws_connected(self, transport: Any) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: Any) -> None:
        self._inbox.put_nowait(b"")
        self.crowd.lost(self)

    def on_ws_frame(self, transport: Any, frame: Any) -> None:
        if frame.msg_type == picows.WSMsgType.TEXT:
            payload = frame.get_payload_as_bytes()
            if not self.entered:
                self._inbox.put_nowait(payload)
            # Who resumes is delivered what was missed before it counts as entered.
            self.crowd.hear(self, payload)
        elif frame.msg_type == picows.WSMsgType.CLOSE:
            transport.disconnect()


class Crowd:
    """All sockets of a run, shared out over the server's addresses."""

    def __init__(self, wire: Wire, urls: Sequence[str], tokens: Sequence[str]) -> None:
        self.tally = Tally()
        self.sockets: list[Socket] = []
        self.dropped = 0
        """Sockets that the server ended."""
        self.on_echo: Callable[[Socket], None] = lambda socket: None
        """Called when somebody has heard the newest of what they said."""
        self._wire = wire
        self._urls = cycle(urls)
        self._tokens = tokens
        self._memo: dict[tuple[str, bytes], Frame | None] = {}
        self._leaving = False

    async def enter(self, members: Members) -> None:
        """Connects everybody and waits until all of them hear."""
        every = -(-len(members) // SAMPLED)
        new = [
            Socket(self, room, sender, Heard(room, sampled=place % every == 0))
            for place, (room, sender) in enumerate(members)
        ]
        self.sockets += new
        await at_most(AT_ONCE, (self.connect(place, socket) for place, socket in enumerate(new)))

    async def connect(self, place: int, socket: Socket) -> None:
        """Connects one socket, or one that was there before, which resumes."""
        token = self._tokens[place % len(self._tokens)]
        url = next(self._urls) + self._wire.path(socket.room)
        socket.begin()
        headers = self._wire.headers(token)
        await picows.ws_connect(
            lambda: socket, url, websocket_handshake_timeout=TIMEOUT, extra_headers=headers, read_buffer_init_size=4096
        )
        async with asyncio.timeout(TIMEOUT):
            await self._wire.enter(socket)
        socket.entered = True

    def say(self, socket: Socket, due: float) -> None:
        """One message of this member."""
        assert socket.sender is not None
        said = Said(socket.sender, socket.said, due)
        socket.said += 1
        self.tally.sent[socket.room] += 1
        socket.write(self._wire.say(socket.room, said))

    def hear(self, socket: Socket, payload: bytes) -> None:
        """Counts what a frame delivers."""
        key = (socket.room, payload)
        try:
            frame = self._memo[key]
        except KeyError:
            frame = self._read(key)
        if frame is None:
            if answer := self._wire.answer(payload):
                socket.write(answer)
            return
        self.tally.hear(socket.heard, frame, time.monotonic())
        if socket.sender is not None and frame.newest.get(socket.sender) == socket.said - 1:
            self.on_echo(socket)

    def _read(self, key: tuple[str, bytes]) -> Frame | None:
        if len(self._memo) >= MEMO:
            self._memo.clear()
        frame = self._memo[key] = self._wire.hear(key[1])
        if frame is not None:
            self.tally.note(key[0], frame)
        return frame

    def lost(self, socket: Socket) -> None:
        """A socket has ended."""
        self.dropped += not self._leaving

    def missing(self) -> int:
        """Deliveries that have not come yet."""
        return self.tally.missing(socket.heard for socket in self.sockets)

    def faults(self) -> dict[str, float]:
        """What went wrong, at the end: how many deliveries never came, came twice, came out of order; lost sockets."""
        self.tally.judge_logs()
        expected = sum(self.tally.sent[socket.room] for socket in self.sockets)
        missing = self.missing()
        return {
            "missing": missing,
            "missing_share": missing / expected if expected else 0.0,
            "doubled": self.tally.doubled,
            "disordered": self.tally.disordered,
            "dropped": self.dropped,
        }

    async def drain(self, seconds: float, quiet: float) -> None:
        """Waits for what is still on its way, until nothing has come for a while."""
        end = time.monotonic() + seconds
        seen, since = -1, time.monotonic()
        while self.missing() and time.monotonic() < end and time.monotonic() - since < quiet:
            if self.tally.deliveries != seen:
                seen, since = self.tally.deliveries, time.monotonic()
            await asyncio.sleep(0.05)

    async def leave(self) -> None:
        """Ends all sockets."""
        self._leaving = True
        for socket in self.sockets:
            if socket.transport is not None:
                socket.transport.disconnect()
        await asyncio.sleep(0.1)
        self._leaving = False


async def at_most(count: int, works: Iterable[Awaitable[Any]]) -> None:
    """Awaits all, so many at once."""
    waiting = iter(works)

    async def work() -> None:
        for each in waiting:
            await each

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(work())

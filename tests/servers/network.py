"""A bad network between two programs: late, slow, silent, or torn in the middle of a frame."""

import asyncio
import contextlib
import math
import random
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from tests.balancer import CHUNK, Balancer, Road

AT_ONCE = 256
"""Pieces that may be on their way at once, each way of a connection."""

Pieces = asyncio.Queue[tuple[float, bytes]]


class BadNetwork(Balancer):
    """The way to the server at `url`. A test says what is wrong with it, also while connections stand.

    Each way, everything is late by `latency` and up to `jitter` seconds more, in order, and at most `per_second` bytes
    pass in a second.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.latency = self.jitter = 0.0
        self.per_second = math.inf
        self.torn = False
        """Whether `tear` has come about."""
        self._left = math.inf
        self._passable = asyncio.Event()
        self._passable.set()
        self._abandoned: list[asyncio.Event] = []
        parts = urlsplit(url)
        self.start([parts.port or 0])
        name, _, place = parts.netloc.rpartition("@")
        near = f"{place.partition(':')[0]}:{self.port}"
        self.url = urlunsplit(parts._replace(netloc=f"{name}@{near}" if name else near))
        """Where the server is found through this network."""

    def part(self) -> None:
        """Nothing passes any more, neither bytes nor ends of connections; new ones open into silence."""
        self._loop.call_soon_threadsafe(self._passable.clear)

    def mend(self) -> None:
        """What was held passes, in order."""
        self._loop.call_soon_threadsafe(self._passable.set)

    @contextlib.contextmanager
    def parted(self) -> Iterator[None]:
        """Parted within the block."""
        self.part()
        try:
            yield
        finally:
            self.mend()

    def abandon(self) -> None:
        """The connections of now are half-open for ever: each end speaks into silence. New ones pass."""
        self._run(self._abandon())

    def tear(self, after: int) -> None:
        """After so many bytes more, in both directions together, all connections break."""
        self._run(self._tear(after))

    async def _end(self) -> None:
        for road in (self._passable, *self._abandoned):
            road.set()
        await super()._end()

    async def _tear(self, after: int) -> None:
        self.torn, self._left = False, after

    async def _abandon(self) -> None:
        self._abandoned.append(self._passable)
        self._passable.clear()
        self._passable = asyncio.Event()
        self._passable.set()

    # --- one way of one connection -----------------------------------------------------------------------------------

    def _road(self) -> Road:
        return partial(self._carry, self._passable)

    async def _carry(self, passable: asyncio.Event, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pieces: Pieces = asyncio.Queue(AT_ONCE)
        reading = asyncio.create_task(self._take_in(reader, pieces))
        try:
            while data := await _arrival(pieces):
                await self._let_through(data, passable, writer)
            await passable.wait()
        except OSError:
            writer.transport.abort()
        finally:
            reading.cancel()
            writer.close()

    async def _take_in(self, reader: asyncio.StreamReader, pieces: Pieces) -> None:
        """Takes what is sent, each piece with the time at which it arrives; the end of all is empty."""
        data = b"-"
        while data:
            try:
                data = await reader.read(CHUNK)
            except OSError:
                data = b""
            late = self.latency + random.uniform(0, self.jitter)
            await pieces.put((asyncio.get_running_loop().time() + late, data))

    async def _let_through(self, data: bytes, passable: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        while data:
            await passable.wait()
            size = max(1, round(min(self.per_second / 10, CHUNK)))
            piece, data = data[:size], data[size:]
            writer.write(piece[: int(min(self._left, size))])
            await writer.drain()
            self._left -= len(piece)
            if self._left <= 0:
                self.torn, self._left = True, math.inf
                await self._abort_all()
            await asyncio.sleep(len(piece) / self.per_second)


async def _arrival(pieces: Pieces) -> bytes:
    """The next piece, when its time has come."""
    due, data = await pieces.get()
    await asyncio.sleep(due - asyncio.get_running_loop().time())
    return data

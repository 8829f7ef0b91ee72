"""A TCP balancer: each new connection goes to the next backend, and nothing sticks to anything."""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Road = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
CHUNK = 64 * 1024
END_SECONDS = 2.0


class Balancer:
    """Passes bytes both ways, no faster than they are read, in a thread of its own.

    A backend that refuses is passed over. `connections` counts those that each backend has got.
    """

    def __init__(self) -> None:
        self.backends: list[int] = []
        self.connections: Counter[int] = Counter()
        self.port = 0
        self._next = 0
        self._refusing = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self, backends: Sequence[int]) -> None:
        """Listens on a free port and serves by these."""
        self.backends = list(backends)
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2048))
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Cuts everybody off and listens no longer."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Ends all connections without a word."""
        self._run(self._abort_all())

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Ends every new connection at once within the block; the open ones stay."""
        self._refusing = True
        try:
            yield
        finally:
            self._refusing = False

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _end(self) -> None:
        self._server.close()
        await self._abort_all()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=END_SECONDS)

    async def _abort_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = None if self._refusing else await self._connect()
        if upstream is None:
            writer.transport.abort()
            return
        self._open |= {writer, upstream[1]}
        try:
            road = self._road()
            await asyncio.gather(road(reader, upstream[1]), road(upstream[0], writer))
        finally:
            self._open -= {writer, upstream[1]}

    def _road(self) -> Road:
        """What carries the bytes of a new connection, each way."""
        return _pass_on

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self.backends:
            port = self.backends[self._next % len(self.backends)]
            self._next += 1
            with contextlib.suppress(OSError):
                opened = await asyncio.open_connection("127.0.0.1", port)
                self.connections[port] += 1
                return opened
        return None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All bytes until either side ends; the other side ends then too, cut off where this one was."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        writer.transport.abort()
    finally:
        writer.close()

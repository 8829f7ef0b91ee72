"""A program of somebody else's that runs beside a test, as one at a terminal would use it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

PATIENCE = 30.0
T = TypeVar("T")


class Terminal:
    """What the program prints is kept by lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.lines: list[str] = []
        self._process = process
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.lines.append(line.decode().rstrip("\n"))
            self._news.set()

    async def until(self, found: Callable[[list[str]], T]) -> T:
        """Waits until `found` answers something true of its lines; that."""
        async with asyncio.timeout(PATIENCE):
            while not (answer := found(self.lines)):
                self._news.clear()
                assert not self._reader.done(), f"ended after {self.lines}: {await self._complaint()}"
                waiting = asyncio.ensure_future(self._news.wait())
                await asyncio.wait({waiting, self._reader}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        return answer

    async def says(self, line: str) -> None:
        await self.until(lambda lines: line in lines)

    def type(self, line: str) -> None:
        """Writes a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    def hang_up(self) -> None:
        """Nothing more will be written to it."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    async def end(self) -> list[str]:
        """Waits for its end, without an error; its lines."""
        async with asyncio.timeout(PATIENCE):
            await self._reader
            assert await self._process.wait() == 0, await self._complaint()
        return self.lines

    async def _complaint(self) -> str:
        assert self._process.stderr is not None
        return (await self._process.stderr.read()).decode()


@asynccontextmanager
async def running(*command: str, **variables: str) -> AsyncIterator[Terminal]:
    """The program while the block runs; whatever it started ends with it."""
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), asyncio.subprocess.PIPE)
    process = await asyncio.create_subprocess_exec(
        *command, **pipes, limit=2**20, env=os.environ | variables, start_new_session=True
    )
    try:
        yield Terminal(process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

"""Turns for work that a crowd brings, so that those who talk meanwhile need not wait until it is done."""

import asyncio
import time
from types import TracebackType

BUSY_SECONDS = 0.002
"""For so long the turns of a worker follow one another."""
REST = 2
"""Then none is given for so many times as long; the loop, and the threads that write, have that time."""


class Turns:
    """One turn at a time in a worker, in the order of asking: `async with turns:` around a short piece of work."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._began = self._busy = self._rests_until = 0.0

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        try:
            await asyncio.sleep(max(self._rests_until - time.monotonic(), 0.0))
        except BaseException:
            self._lock.release()
            raise
        self._began = time.monotonic()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        now = time.monotonic()
        self._busy += now - self._began
        if self._busy >= BUSY_SECONDS:
            self._rests_until, self._busy = now + self._busy * REST, 0.0
        self._lock.release()

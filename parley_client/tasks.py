"""Background work that ends with its owner."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Tasks that are kept from being forgotten while they run."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Starts work."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def cancel(self) -> None:
        """Ends all of it but what is calling."""
        for task in self._running - {asyncio.current_task()}:
            task.cancel()

    async def join(self) -> None:
        """Returns when nothing runs any more."""
        while others := self._running - {asyncio.current_task()}:
            await asyncio.wait(others)

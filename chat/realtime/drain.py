"""How a worker leaves: whether it has begun to, and whom to tell. Knows no server, so that anyone may ask."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

Farewell = Callable[[], Awaitable[None]]
"""Sends its clients away; may take its time, the server bounds it."""

logger = logging.getLogger(__name__)


class Drain:
    """One worker's leaving, which begins once and is not taken back."""

    def __init__(self) -> None:
        self.begun = False
        self._farewells: list[Farewell] = []

    def on_begin(self, farewell: Farewell) -> None:
        """Call `farewell` when the worker begins to leave."""
        self._farewells.append(farewell)

    async def begin(self) -> None:
        """Mark the worker as leaving and wait for all farewells; one that fails does not stop the others."""
        self.begun = True
        outcomes = await asyncio.gather(*(farewell() for farewell in self._farewells), return_exceptions=True)
        for error in outcomes:
            if isinstance(error, Exception):
                logger.error("A farewell failed", exc_info=error)


drain = Drain()
"""The leaving of this process."""

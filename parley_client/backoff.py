"""How long to wait before the next attempt, and repeating what may succeed later."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from parley_client.errors import Refused, Unreachable

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0

T = TypeVar("T")
Random = Callable[[], float]
"""Gives a number from 0 to below 1."""
Sleep = Callable[[float], Awaitable[object]]


class Backoff:
    """Full jitter: anything from nothing to a ceiling, which is one second at first and doubles to thirty."""

    def __init__(self, draw: Random = random.random) -> None:
        self._draw = draw
        self._attempts = 0

    def next(self) -> float:
        """Seconds to wait before this attempt."""
        ceiling = min(FIRST_SECONDS * 2.0 ** min(self._attempts, 10), LONGEST_SECONDS)
        self._attempts += 1
        return self._draw() * ceiling

    def reset(self) -> None:
        """Begins anew with the shortest wait."""
        self._attempts = 0


async def persist(attempt: Callable[[], Awaitable[T]], backoff: Backoff, sleep: Sleep = asyncio.sleep) -> T:
    """Repeats until an answer comes, not sooner than the server asks. Raises the Refused that repeating cannot help."""
    while True:
        try:
            return await attempt()
        except Refused as refusal:
            if not refusal.repeatable:
                raise
            asked = refusal.retry_after_ms
            wait = backoff.next() if asked is None else asked / 1000
        except Unreachable:
            wait = backoff.next()
        await sleep(wait)

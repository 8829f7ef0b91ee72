"""What is to be sent: in order within a room, again until the server has it, and never twice."""

import asyncio
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from parley_client.backoff import Backoff, Random, Sleep, persist
from parley_client.links.base import Link
from parley_client.shapes import Message


def new_client_id() -> str:
    """A name for a message that nobody gives again."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True)
class Draft:
    """A message to send; its `client_id` makes a repeated send harmless."""

    body: str
    reply_to: int | None = None
    client_id: str = field(default_factory=new_client_id)


class Outbox:
    """Messages under way; one of each room at a time, since a refused one must not be overtaken when it is repeated."""

    def __init__(
        self,
        link: Callable[[], Awaitable[Link]],
        *,
        draw: Random = random.random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._link = link
        self._draw = draw
        self._sleep = sleep
        self._lanes: dict[str, asyncio.Lock] = {}

    async def send(self, room: str, draft: Draft) -> Message | None:
        """Returns the message as stored, None when it is held for review. Raises Refused, and Closed."""

        async def attempt() -> Message | None:
            return await (await self._link()).post(room, draft)

        async with self._lanes.setdefault(room, asyncio.Lock()):
            return await persist(attempt, Backoff(self._draw), self._sleep)

"""The worker's one channel on the channel layer: it hears the hints of other workers and sends its own.

Redis carries hints only. Publishing is a task of its own with a time-out and a bounded queue that drops, so nobody
waits for Redis; whatever is lost is found in the log.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

logger = logging.getLogger(__name__)

EVERYONE = "workers"
"""The group of all workers, for news that is not about one room."""
TIMEOUT_SECONDS = 1.0
RETRY_SECONDS = 1.0
QUEUE = 10_000
JOIN_AGAIN_SECONDS = 3600.0
"""Well before the layer forgets a group membership (a day)."""
TOGETHER = 100
"""Hints that go as one at most."""

Hint = dict[str, Any]


class Layer:
    """Groups joined and left, hints heard and sent. Without a channel layer it does nothing."""

    def __init__(
        self, backend: Any, hear: Callable[[Hint], None], *, others: Callable[[], int], drop: str = ""
    ) -> None:
        self.healthy = True
        """Whether Redis has answered lately."""
        self._backend = backend
        self._hear = hear
        self._others = others
        self._drop = drop
        self._channel: str | None = None
        self._connected = asyncio.Event()
        self._wanted: set[str] = set()
        self._joined: set[str] = set()
        self._locks: dict[str, asyncio.Lock] = {}
        self._queue: deque[tuple[str, Hint]] = deque(maxlen=QUEUE)
        self._queued = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Begins to hear and to send."""
        if self._backend is not None:
            self._wanted.add(EVERYONE)
            for work in (self._receive(), self._publish(), self._keep_joined()):
                self._spawn(work)

    async def stop(self) -> None:
        """Ends its tasks."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def join(self, room: str) -> None:
        """Hears of a room; waits at most TIMEOUT_SECONDS, and not at all while Redis is away, then tries on."""
        self._wanted.add(_group(room))
        if self._backend is not None and self.healthy:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    await self._connected.wait()
                    await self._settle(_group(room))

    def leave(self, room: str) -> None:
        """Hears of a room no longer."""
        group = _group(room)
        self._wanted.discard(group)
        if self._backend is not None and group in self._joined:
            self._spawn(self._settle(group))

    def publish(self, room: str | None, hint: Hint) -> None:
        """Sends a hint to all workers that follow a room (or, with None, to all); drops the oldest when it cannot."""
        if self._backend is None or self._drop == "all":
            return
        self._queue.append((_group(room) if room else EVERYONE, hint))
        if self._drop == "swap" and len(self._queue) > 1:
            self._queue.appendleft(self._queue.pop())
        self._queued.set()

    # --- tasks -------------------------------------------------------------------------------------------------------

    async def _publish(self) -> None:
        while True:
            await self._queued.wait()
            while self._queue:
                await self._try(self._backend.group_send(*self._next()))
            self._queued.clear()

    def _next(self) -> tuple[str, Hint]:
        """The next hint; when more wait than there are other workers, all as one to everyone, which costs less."""
        if len(self._queue) <= max(self._others(), 1):
            return self._queue.popleft()
        number = min(len(self._queue), TOGETHER)
        return EVERYONE, {"type": "hints", "hints": [self._queue.popleft()[1] for _ in range(number)]}

    async def _receive(self) -> None:
        while True:
            try:
                if self._channel is None:
                    await self._connect()
                hint = await self._backend.receive(self._channel)
            except Exception as error:
                self._failed(error)
                self._channel = None
                self._connected.clear()
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._heard(hint)

    async def _connect(self) -> None:
        self._channel = await self._backend.new_channel()
        self._joined.clear()
        self._connected.set()
        self._spawn(self._join_all())

    def _heard(self, message: Hint) -> None:
        for hint in message.get("hints", [message]):
            try:
                self._hear(hint)
            except Exception:
                logger.exception("a hint could not be read")

    async def _keep_joined(self) -> None:
        """Tries again what failed, and renews all memberships in time."""
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            if loop.time() - renewed > JOIN_AGAIN_SECONDS:
                renewed = loop.time()
                await self._renew_all()
            await self._join_all()
            await asyncio.sleep(RETRY_SECONDS)

    async def _join_all(self) -> None:
        for group in self._wanted ^ self._joined:
            await self._settle(group)

    async def _renew_all(self) -> None:
        """Joins anew without having left, so that whoever leaves meanwhile is not forgotten in the group."""
        for group in self._joined & self._wanted:
            async with self._locks.setdefault(group, asyncio.Lock()):
                if self._channel is not None and group in self._joined & self._wanted:
                    await self._try(self._backend.group_add(group, self._channel))

    async def _settle(self, group: str) -> None:
        """Makes the membership of one group what is wanted, one attempt at a time."""
        async with self._locks.setdefault(group, asyncio.Lock()):
            wanted = group in self._wanted
            if self._channel is None or wanted == (group in self._joined):
                return
            change = self._backend.group_add if wanted else self._backend.group_discard
            if await self._try(change(group, self._channel)):
                (self._joined.add if wanted else self._joined.discard)(group)
        if group not in self._wanted:
            self._locks.pop(group, None)

    async def _try(self, request: Any) -> bool:
        try:
            await asyncio.wait_for(request, TIMEOUT_SECONDS)
        except Exception as error:
            self._failed(error)
            return False
        if not self.healthy:
            logger.info("the channel layer answers again")
        self.healthy = True
        return True

    def _failed(self, error: Exception) -> None:
        if self.healthy:
            logger.warning("the channel layer does not answer: %r", error)
        self.healthy = False

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _group(room: str) -> str:
    return f"room.{room}"

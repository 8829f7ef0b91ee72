"""What comes from one client: kept until it is asked for, or dealt with at once by whom it is given to."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

SERVE = "parley.serve"
"""The extension of a socket's scope by which an application has itself called; only our own server has it."""
MOST_WAITING = 32
"""Messages of one socket that wait to be dealt with before the server stops reading it."""

Message = dict[str, Any]
Work = Coroutine[Any, Any, None]


class Inbox:
    """Stands in the place of the queue and the waiting task that Daphne gives each application.

    An application awaits `get`, as ever. One that would do nothing but wait may end instead, and have a function called
    with each message (`serve`), so that an idle socket costs no task. What the function returns is awaited before it is
    called again, in a task of its own that `start` makes.
    """

    __slots__ = ("_asked", "_busy", "_handle", "_held", "_start", "_transport", "_waiting")

    def __init__(self, transport: Any, start: Callable[[Work], object]) -> None:
        self._transport, self._start = transport, start
        self._waiting: list[Message] = []
        self._asked: asyncio.Future[Message] | None = None
        self._handle: Callable[[Message], Work | None] | None = None
        self._busy = self._held = False

    def put_nowait(self, message: Message) -> None:
        """Takes a message from the server."""
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(message)
            return
        self._waiting.append(message)
        if not self._busy:
            self._deal()

    def hold_back(self) -> None:
        """Reads no more from a client whose messages pile up; what it sends waits in the network."""
        if not self._held and len(self._waiting) >= MOST_WAITING:
            self._held = True
            self._transport.pauseProducing()

    async def get(self) -> Message:
        """The next message."""
        if self._waiting:
            return self._next()
        self._asked = asyncio.get_running_loop().create_future()
        return await self._asked

    def serve(self, handle: Callable[[Message], Work | None]) -> None:
        """Calls `handle` with each message from now on, those that wait first."""
        self._handle = handle
        self._deal()

    def _deal(self) -> None:
        while self._waiting and self._handle is not None:
            if work := self._handle(self._next()):
                self._busy = True
                self._start(self._finish(work))
                return

    async def _finish(self, work: Work) -> None:
        try:
            await work
        finally:
            self._busy = False
        self._deal()

    def _next(self) -> Message:
        """Takes the first that waits; reads on when half of them have been dealt with."""
        message = self._waiting.pop(0)
        if self._held and len(self._waiting) <= MOST_WAITING // 2:
            self._held = False
            self._transport.resumeProducing()
        return message

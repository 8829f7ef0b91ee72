"""One read for all who wait: a crowd that asks the same thing shares a query instead of queueing for one each."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

MOST = 500
"""Requests of one read."""
AT_ONCE = 25
"""So many are answered before the loop has a rest; each goes on to do more."""
REST_SECONDS = 0.004


class Gather(Generic[Key, Ask, Answer]):
    """Reads one batch at a time for each key.

    Requests that come while a read runs wait for the next one, which begins after them: nobody is answered from
    before they asked. A crowd is answered little by little, so that those who talk meanwhile need not wait. `read`
    answers each request in its place, by a value or by an exception.
    """

    def __init__(self, read: Callable[[Key, Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._read = read
        self._waiting: dict[Key, list[tuple[Ask, asyncio.Future[Answer]]]] = {}
        self._running: dict[Key, asyncio.Task[None]] = {}

    async def ask(self, key: Key, request: Ask) -> Answer:
        """The answer to `request` from the next read of `key`. Raises what the read says of it."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((request, future))
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._run(key))
        return await future

    async def _run(self, key: Key) -> None:
        try:
            while key in self._waiting:
                batch = self._waiting.pop(key)
                if len(batch) > MOST:
                    self._waiting[key] = batch[MOST:]
                await self._answer(key, batch[:MOST])
        finally:
            del self._running[key]

    async def _answer(self, key: Key, batch: Sequence[tuple[Ask, "asyncio.Future[Answer]"]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            answers = await self._read(key, [request for request, _ in batch])
        except Exception as error:
            answers = [error] * len(batch)
        for number, ((_, future), answer) in enumerate(zip(batch, answers, strict=True)):
            if number and number % AT_ONCE == 0:
                await asyncio.sleep(REST_SECONDS)
            _end(future, answer)


def _end(future: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)

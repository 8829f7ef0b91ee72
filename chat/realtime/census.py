"""How many sockets each person has open, on all workers: every worker tells the others its own numbers."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

from chat.conf import conf

GATHER_SECONDS = 0.1
"""Changes within this time are told together."""

Publish = Callable[..., None]
"""Sends (room or None for all workers, kind, data…) to the other workers."""


class Census:
    """Numbers by person, here and elsewhere."""

    def __init__(self, publish: Publish, worker_id: str) -> None:
        self._publish, self._worker_id = publish, worker_id
        self._here: Counter[int] = Counter()
        self._elsewhere: dict[str, Counter[int]] = {}
        self._until: dict[str, float] = {}
        self._news: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None

    def sockets(self, user_id: int) -> int:
        """Open sockets of a person, as far as the workers have told each other."""
        return self._here[user_id] + sum(counts[user_id] for counts in self._elsewhere.values())

    def others(self) -> int:
        """How many other workers have told something of theirs lately."""
        return len(self._until)

    def add(self, user_id: int) -> None:
        """A socket was opened here."""
        self._change(user_id, 1)

    def remove(self, user_id: int) -> None:
        """A socket was closed here."""
        self._change(user_id, -1)

    def hear(self, worker_id: str, counts: Iterable[tuple[int, int]], whole: bool) -> None:
        """Another worker tells its numbers: those that changed, or its `whole` list."""
        known = Counter[int]() if whole else self._elsewhere.get(worker_id, Counter())
        for user_id, count in counts:
            known[user_id] = count
        self._elsewhere[worker_id] = +known
        self._until[worker_id] = asyncio.get_running_loop().time() + conf().FORGET_SECONDS

    def forget(self, worker_id: str) -> None:
        """Another worker has left."""
        self._elsewhere.pop(worker_id, None)
        self._until.pop(worker_id, None)

    def repeat(self) -> None:
        """Tells the whole list again, for whoever missed a part."""
        self._tell(self._here.items(), whole=True)

    def sweep(self) -> None:
        """Forgets workers that have been silent for too long."""
        now = asyncio.get_running_loop().time()
        for worker_id in [each for each, until in self._until.items() if until <= now]:
            self.forget(worker_id)

    def _change(self, user_id: int, by: int) -> None:
        self._here[user_id] += by
        self._news.add(user_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell_news)

    def _tell_news(self) -> None:
        self._timer = None
        news, self._news = self._news, set()
        self._tell([(user_id, self._here[user_id]) for user_id in news], whole=False)
        self._here = +self._here

    def _tell(self, counts: Iterable[tuple[int, int]], *, whole: bool) -> None:
        self._publish(None, "sockets", self._worker_id, list(counts), whole)

"""Group commit: sends that arrive while a transaction runs are written together in the next one."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from django.db import connection

from chat.connections import release
from chat.domain.errors import ChatError, Unavailable
from chat.services.posting import Outcome, Result, Send, post_messages

logger = logging.getLogger(__name__)

LARGEST_BATCH = 500
SLOW_ROOM_THREADS = 2
TRIES = 3
"""Batches that find a room held by another process before it waits aside; most are let go within a batch."""

Tell = Callable[[Result], None]
Job = tuple[Send, Tell]


class Collector:
    """Writes sends from any thread, batch by batch, in the order of their arrival.

    Sends to a room that another process holds go with the next batches. When it is held by several in succession they
    wait aside in a transaction of that room alone, with everything that comes for the room meanwhile, so a slow room
    delays only itself.
    """

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._held: dict[str, int] = {}
        self._aside: dict[str, list[Job]] = {}
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._slow_rooms = ThreadPoolExecutor(SLOW_ROOM_THREADS, thread_name_prefix="slow-room")

    def submit(self, send: Send) -> "Future[Outcome]":
        """Takes a send; the future ends with its outcome after commit, or with its ChatError."""
        future: Future[Outcome] = Future()
        self.take(send, partial(_end, future))
        return future

    def take(self, send: Send, tell: Tell) -> None:
        """Takes a send; `tell` is called with its result by the thread that wrote it, after commit."""
        with self._wake:
            self._waiting.append((send, tell))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="collector", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    self._wake.wait()
                jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
                jobs = [job for job in jobs if not self._joined_aside(job)]
            self._pass_over(self._write(jobs, skip_locked=connection.features.has_select_for_update_skip_locked))

    def _write(self, jobs: Sequence[Job], *, skip_locked: bool) -> list[Job]:
        """Writes and tells; returns those that were not tried."""
        results = _results([send for send, _ in jobs], skip_locked=skip_locked)
        skipped = []
        for job, result in zip(jobs, results, strict=True):
            if result is None:
                skipped.append(job)
            else:
                _tell(job[1], result)
        return skipped

    def _pass_over(self, skipped: Sequence[Job]) -> None:
        """Has what was skipped tried again before all that came later, but not for ever."""
        rooms = {send.room for send, _ in skipped}
        self._held = {room: self._held.get(room, 0) + 1 for room in rooms}
        again = [job for job in skipped if self._held[job[0].room] < TRIES]
        with self._wake:
            self._waiting.extendleft(reversed(again))
        for job in skipped:
            if self._held[job[0].room] >= TRIES:
                self._put_aside(job)

    def _joined_aside(self, job: Job) -> bool:
        """Whether the room of `job` waits aside already, and the job now with it. Called with the lock held."""
        queue = self._aside.get(job[0].room)
        if queue is not None:
            queue.append(job)
        return queue is not None

    def _put_aside(self, job: Job) -> None:
        with self._wake:
            if not self._joined_aside(job):
                self._aside[job[0].room] = [job]
                self._slow_rooms.submit(self._write_slow_room, job[0].room)

    def _write_slow_room(self, room: str) -> None:
        while True:
            with self._wake:
                jobs, self._aside[room] = self._aside[room], []
                if not jobs:
                    del self._aside[room]
                    return
            self._write(jobs, skip_locked=False)


def _results(sends: Sequence[Send], *, skip_locked: bool) -> list[Result | None]:
    """post_messages that answers instead of raising; a batch that breaks is repeated one by one to spare the others."""
    try:
        return post_messages(sends, skip_locked=skip_locked) if sends else []
    except ChatError as error:
        return [error] * len(sends)
    except Exception:
        logger.exception("a batch of %d sends failed", len(sends))
        return [Unavailable()] if len(sends) == 1 else _one_by_one(sends, skip_locked=skip_locked)
    finally:
        release()


def _one_by_one(sends: Sequence[Send], *, skip_locked: bool) -> list[Result | None]:
    """What came behind a skipped send of its room is skipped with it."""
    results: list[Result | None] = []
    skipped: set[str] = set()
    for send in sends:
        result = None if send.room in skipped else _results([send], skip_locked=skip_locked)[0]
        skipped |= {send.room} if result is None else set()
        results.append(result)
    return results


def _tell(tell: Tell, result: Result) -> None:
    try:
        tell(result)
    except Exception:
        logger.exception("nobody could be told of a send; it stands")


def _end(future: "Future[Outcome]", result: Result) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(result, ChatError):
        future.set_exception(result)
    else:
        future.set_result(result)


_collector = Collector()
submit: Callable[[Send], "Future[Outcome]"] = _collector.submit
take: Callable[[Send, Tell], None] = _collector.take
"""The worker's one collector."""


def post_message(send: Send) -> Outcome:
    """Writes one send and waits for its commit. Raises its ChatError."""
    return submit(send).result()

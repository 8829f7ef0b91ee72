"""Several threads at once, as several people are, each with a database connection of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from chat import models
from chat.domain.errors import ChatError
from tests.patience import PATIENCE
from tests.servers.program import wait_until


def race(*calls: Callable[[], Any]) -> list[Any]:
    """Makes all calls as nearly at once as can be; what each returned, or its ChatError."""
    barrier = threading.Barrier(len(calls))
    with ThreadPoolExecutor(len(calls)) as threads:
        futures = [threads.submit(_call, call, barrier) for call in calls]
        return [future.result(PATIENCE) for future in futures]


def _call(call: Callable[[], Any], barrier: threading.Barrier) -> Any:
    barrier.wait(PATIENCE)
    return _apart(call)


def _apart(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ChatError as error:
        return error
    finally:
        connections.close_all()


def elsewhere(call: Callable[[], Any]) -> "Future[Any]":
    """Makes the call in another thread; the future has what it returned, or its ChatError."""
    thread = ThreadPoolExecutor(1)
    future = thread.submit(_apart, call)
    thread.shutdown(wait=False)
    return future


@contextmanager
def holding(room: str) -> Iterator[None]:
    """The room's row is locked by another transaction while the block runs (PostgreSQL)."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            models.Room.objects.select_for_update().get(slug=room)
            locked.set()
            done.wait(PATIENCE)

    holder = elsewhere(hold)
    try:
        assert locked.wait(PATIENCE)
        yield
    finally:
        done.set()
        holder.result(PATIENCE)


def until_others_wait(number: int = 1) -> None:
    """Returns once so many transactions wait for a lock. SQLite has one writer, whose queue nobody sees."""
    if connection.vendor == "postgresql":
        wait_until(lambda: _waiting() >= number, lambda: "nobody waits for a lock")


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return int(cursor.fetchone()[0])

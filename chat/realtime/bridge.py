"""The one door between the event loop and threads: the worker's own bounded pool for database work.

Never asgiref's shared thread, behind which every socket of a process would wait for every other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError

from chat.conf import conf
from chat.connections import release
from chat.domain.errors import Unavailable

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_pool: ThreadPoolExecutor | None = None


async def call(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `function` in a thread of the pool. Raises what it raises; a database that is away is Unavailable."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(conf().DATABASE_THREADS, thread_name_prefix="bridge")
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_run, function, *args, **kwargs))


def _run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return function(*args, **kwargs)
    except (OperationalError, InterfaceError) as error:
        raise Unavailable() from error
    finally:
        release()


class Return:
    """The way back to the loop from any thread: what comes in quick succession wakes the loop once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()
        self._woken = False

    def bring(self, act: Callable[[], None]) -> None:
        """Has the loop do `act` soon, in the order of coming; nothing happens once the loop has ended."""
        self._waiting.append(act)
        # Not before it is in the queue: what comes while the loop empties it is either taken along or wakes it again.
        if not self._woken and not self._loop.is_closed():
            self._woken = True
            self._loop.call_soon_threadsafe(self._let_in)

    def _let_in(self) -> None:
        self._woken = False
        for _ in range(len(self._waiting)):
            try:
                self._waiting.popleft()()
            except Exception:
                logger.exception("what a thread brought has failed")

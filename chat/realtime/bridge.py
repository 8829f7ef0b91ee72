"""The one door between the event loop and threads: the worker's own bounded pool for database work.

Never asgiref's shared thread, behind which every socket of a process would wait for every other.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError

from chat.conf import conf
from chat.connections import release
from chat.domain.errors import Unavailable

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

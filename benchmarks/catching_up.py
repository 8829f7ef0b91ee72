"""C: a crowd that has missed the same events catches up while others talk elsewhere."""

import asyncio
import math
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import psycopg
import uvloop

from benchmarks.crowd import Crowd, at_most
from benchmarks.rooms import Shape, Times, pace
from benchmarks.systems import Running
from benchmarks.wires import Parley

CLIENTS = 1000
BEHIND = 500
ROOM = "w2-0"
LIVE = Shape(rooms=20, members=10, senders=20, per_second=50.0)
ROWS_READ = """
    SELECT coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) FROM pg_stat_user_tables WHERE relname = 'chat_event'
"""
"""Scans do not tell: the planner looks at the ends of the index too, and PostgreSQL counts that as scans."""
PLANNED = 10
"""Rows that the planner may look at; less than the least page of a catch-up."""
STATISTICS = 2.0
"""Seconds until PostgreSQL has counted what it did."""
GIVES_WAY = 10
"""How nice the crowd is to those who talk: its clients would have machines of their own."""


class Greeted(Parley):
    """Signs in and follows nothing yet."""

    async def enter(self, line: Any) -> None:
        await self.greet(line)


async def catch_up(running: Running, times: Times) -> dict[str, Any]:
    """How long the crowd takes, what is read for it, and what those notice who talk elsewhere."""
    head = await _write(running)
    live = Crowd(running.wire, running.urls, running.tokens)
    await live.enter(LIVE.members_of("w3"))
    async with _crowd(running, head - BEHIND) as crowd:
        talking = asyncio.create_task(pace(live, live.sockets[:20], LIVE.per_second or 0.0))
        began = time.monotonic()
        await asyncio.sleep(max(times.measured, STATISTICS))
        read, cpu, turn = _rows_read(running), running.cpu()["server"], time.monotonic()
        crowd.send("come back")
        back = await asyncio.to_thread(crowd.recv)
        used, end = running.cpu()["server"] - cpu, time.monotonic()
        await asyncio.sleep(STATISTICS)
        talking.cancel()
        await live.drain(times.drain, times.quiet)
    faults = live.faults()
    await live.leave()
    return {
        "seconds": end - turn,
        "cpu_seconds": used,
        "reads_of_the_log": math.ceil((_rows_read(running) - read - PLANNED) / BEHIND),
        "caught_up": back["caught_up"],
        "p99_before_ms": live.tally.latency_ms(0.99, began, turn),
        "p99_during_ms": live.tally.latency_ms(0.99, turn, max(end, turn + 0.5)),
        **faults,
        "doubled": faults["doubled"] + back["doubled"],
        "disordered": faults["disordered"] + back["disordered"],
    }


@asynccontextmanager
async def _crowd(running: Running, cursor: int) -> AsyncIterator[Connection]:
    """The crowd, in a process of its own so that it delays no clock of those who talk; it waits to be told."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_come_back, args=(theirs, running.urls, running.tokens, cursor))
    process.start()
    theirs.close()
    try:
        await asyncio.to_thread(ours.recv)
        yield ours
        ours.send("leave")
        running.ended["crowd"] = await asyncio.to_thread(ours.recv)
    finally:
        ours.close()
        await asyncio.to_thread(process.join)


def _come_back(pipe: Connection, urls: Sequence[str], tokens: Sequence[str], cursor: int) -> None:
    os.nice(GIVES_WAY)
    uvloop.run(_all_come_back(pipe, urls, tokens, cursor))


async def _all_come_back(pipe: Connection, urls: Sequence[str], tokens: Sequence[str], cursor: int) -> None:
    crowd = Crowd(Greeted(), urls, tokens)
    await crowd.enter([(ROOM, None)] * CLIENTS)
    for socket in crowd.sockets:
        socket.cursor = cursor
        socket.begin()
    pipe.send("here")
    await asyncio.to_thread(pipe.recv)
    follow = Parley().follow
    await at_most(CLIENTS, (follow(socket) for socket in crowd.sockets))
    caught_up = sum(socket.heard.received == BEHIND for socket in crowd.sockets)
    pipe.send({"caught_up": caught_up, "doubled": crowd.tally.doubled, "disordered": crowd.tally.disordered})
    await asyncio.to_thread(pipe.recv)
    await crowd.leave()
    pipe.send(time.process_time())


async def _write(running: Running) -> int:
    """Something to miss; the number of the newest event."""
    crowd = Crowd(running.wire, running.urls, running.tokens)
    await crowd.enter([(ROOM, 0)])
    [socket] = crowd.sockets
    for _ in range(BEHIND):
        crowd.say(socket, time.monotonic())
    await crowd.drain(60.0, 60.0)
    await crowd.leave()
    return socket.cursor or 0


def _rows_read(running: Running) -> int:
    """Rows of the log that the server has read, as PostgreSQL counts them."""
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        [found] = connection.execute(ROWS_READ).fetchone() or [0]
    return int(found)

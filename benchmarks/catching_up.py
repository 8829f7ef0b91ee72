"""C: a crowd that has missed the same events catches up while others talk elsewhere."""

import asyncio
import time
from typing import Any

import psycopg

from benchmarks.crowd import Crowd, at_most
from benchmarks.rooms import Shape, Times, pace
from benchmarks.systems import Running
from benchmarks.wires import Parley

CLIENTS = 1000
BEHIND = 500
ROOM = "w2-0"
LIVE = Shape(rooms=20, members=10, senders=20, per_second=50.0)
SCANS = "SELECT coalesce(idx_scan, 0) + coalesce(seq_scan, 0) FROM pg_stat_user_tables WHERE relname = 'chat_event'"
STATISTICS = 2.0
"""Seconds until PostgreSQL has counted what it did."""


class Greeted(Parley):
    """Signs in and follows nothing yet."""

    async def enter(self, line: Any) -> None:
        await self.greet(line)


async def catch_up(running: Running, times: Times) -> dict[str, Any]:
    """How long the crowd takes, what is read for it, and what those notice who talk elsewhere."""
    head = await _write(running)
    live = Crowd(running.wire, running.urls, running.tokens)
    await live.enter(LIVE.members_of("w3"))
    crowd = Crowd(Greeted(), running.urls, running.tokens)
    await crowd.enter([(ROOM, None)] * CLIENTS)
    for socket in crowd.sockets:
        socket.cursor = head - BEHIND
        socket.begin()
    talking = asyncio.create_task(pace(live, live.sockets[:20], LIVE.per_second or 0.0))
    began = time.monotonic()
    await asyncio.sleep(max(times.measured, STATISTICS))
    follow = Parley().follow
    reads, cpu, turn = _reads(running), running.cpu()["server"], time.monotonic()
    await at_most(CLIENTS, (follow(socket) for socket in crowd.sockets))
    used, end = running.cpu()["server"] - cpu, time.monotonic()
    await asyncio.sleep(STATISTICS)
    talking.cancel()
    await live.drain(times.drain, times.quiet)
    figures = {
        "seconds": end - turn,
        "cpu_seconds": used,
        "reads_of_the_log": _reads(running) - reads,
        "caught_up": sum(socket.heard.received == BEHIND for socket in crowd.sockets),
        "p99_before_ms": live.tally.latency_ms(0.99, began, turn),
        "p99_during_ms": live.tally.latency_ms(0.99, turn, max(end, turn + 0.5)),
        **live.faults(),
    }
    figures["doubled"] += crowd.tally.doubled
    figures["disordered"] += crowd.tally.disordered
    await asyncio.gather(crowd.leave(), live.leave())
    return figures


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


def _reads(running: Running) -> int:
    """How often the server has read the log, as PostgreSQL counts it."""
    with psycopg.connect(running.database_url, autocommit=True) as connection:
        [found] = connection.execute(SCANS).fetchone() or [0]
    return int(found)

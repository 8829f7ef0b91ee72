"""W4, what an idle socket costs; W5, everybody comes back at once."""

import asyncio
import time
from typing import Any

from benchmarks.crowd import Crowd, Socket, at_most
from benchmarks.rooms import Times, per_unit
from benchmarks.systems import Running

FIRST = 1000
ROOMS = 100
STORM = 1000
SETTLE = 2.0
IDLE_SECONDS = 3.0


def _places(count: int, senders: int = 0) -> list[tuple[str, int | None]]:
    return [(f"w3-{place % ROOMS}", place if place < senders else None) for place in range(count)]


async def idle(running: Running, times: Times, *, most: int) -> dict[str, Any]:
    """Memory between a thousand sockets and `most`, and what they cost to take and to keep."""
    crowd = Crowd(running.wire, running.urls, running.tokens)
    await crowd.enter(_places(FIRST))
    await asyncio.sleep(SETTLE)
    memory, cpu, began = running.memory(), running.cpu()["server"], time.monotonic()
    await crowd.enter(_places(most - FIRST))
    took, used = time.monotonic() - began, running.cpu()["server"] - cpu
    await asyncio.sleep(SETTLE)
    grown = running.memory() - memory
    cpu = running.cpu()["server"]
    await asyncio.sleep(IDLE_SECONDS)
    idle_core = (running.cpu()["server"] - cpu) / IDLE_SECONDS
    dropped = crowd.dropped
    await crowd.leave()
    return {
        "sockets": most,
        "kib_per_socket": grown / 1024 / (most - FIRST),
        "us_per_connect": per_unit(used, most - FIRST),
        "connects_per_second": (most - FIRST) / took,
        "idle_core": idle_core,
        "dropped": dropped,
    }


async def storm(running: Running, times: Times) -> dict[str, Any]:
    """A thousand sockets are cut off and come back at once, each from where it was; then everybody must be served."""
    crowd = Crowd(running.wire, running.urls, running.tokens)
    await crowd.enter(_places(STORM, senders=ROOMS))
    await crowd.leave()
    await asyncio.sleep(SETTLE)
    cpu, began = running.cpu()["server"], time.monotonic()
    refused: list[str] = []
    ready: list[int] = []

    async def come_back(place: int, socket: Socket) -> None:
        try:
            await crowd.connect(place, socket)
        except Exception as error:
            refused.append(repr(error))
        else:
            ready.append(place)

    await at_most(STORM, (come_back(place, socket) for place, socket in enumerate(crowd.sockets)))
    took, used = time.monotonic() - began, running.cpu()["server"] - cpu
    for socket in crowd.sockets[:ROOMS]:
        crowd.say(socket, time.monotonic())
    await crowd.drain(times.drain, times.quiet)
    served = sum(socket.heard.received > 0 for socket in crowd.sockets)
    faults = crowd.faults()
    await crowd.leave()
    return {
        "seconds": took,
        "cpu_seconds": used,
        "ready": len(ready),
        "refused": len(refused),
        "served": served,
        **faults,
    }

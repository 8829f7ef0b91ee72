"""The workloads of messages in rooms: W1, W2, W3, W6; and what the generator can count at most."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.crowd import Crowd, Socket
from benchmarks.systems import Running

PATIENCE = 5.0
"""After so long without an echo a sender of a closed loop says the next message all the same."""

LISTENERS = 100
"""Sockets of the generator when it is itself what is measured."""


@dataclass(frozen=True)
class Shape:
    """How many rooms of how many members, of whom so many say something: at a pace, or each after its own echo."""

    rooms: int
    members: int
    senders: int
    per_second: float | None = None

    def members_of(self, prefix: str) -> list[tuple[str, int | None]]:
        """Everybody's room and, for senders, their number; senders are spread over all rooms."""
        places = [f"{prefix}-{room}" for _ in range(self.members) for room in range(self.rooms)]
        return [(room, place if place < self.senders else None) for place, room in enumerate(places)]


@dataclass(frozen=True)
class Times:
    """Seconds of a run."""

    warm_up: float = 1.0
    measured: float = 4.0
    drain: float = 10.0
    """How long what is still on its way may take at the end."""
    quiet: float = 3.0
    """After how long without a delivery nothing more is waited for; the chat finds lost hints within 2 s."""


W1 = Shape(rooms=1, members=200, senders=10, per_second=50.0)
W2 = Shape(rooms=1, members=1000, senders=20)
W3 = Shape(rooms=100, members=10, senders=200)
W6 = Shape(rooms=250, members=2, senders=500)


async def talk(running: Running, times: Times, *, shape: Shape, prefix: str) -> dict[str, Any]:
    """Everybody enters, talks for a while and is heard out; the figures."""
    crowd = Crowd(running.wire, running.urls, running.tokens)
    await crowd.enter(shape.members_of(prefix))
    speakers = [socket for socket in crowd.sockets if socket.sender is not None]
    talking = asyncio.create_task(
        pace(crowd, speakers, shape.per_second) if shape.per_second else _closed_loop(crowd, speakers)
    )
    await asyncio.sleep(times.warm_up)
    with running.spied():
        figures = await _measure(crowd, running, times.measured)
    crowd.on_echo = lambda socket: None
    talking.cancel()
    await crowd.drain(times.drain, times.quiet)
    faults = crowd.faults()
    await crowd.leave()
    return figures | faults


async def ceiling(running: Running, times: Times) -> dict[str, Any]:
    """What the generator itself can count, from a server that never lets it wait."""
    crowd = Crowd(running.wire, running.urls, running.tokens)
    await crowd.enter([("w0-0", None)] * LISTENERS)
    for socket in crowd.sockets:
        socket.write(b"go")
    await asyncio.sleep(times.warm_up)
    figures = await _measure(crowd, running, times.measured)
    await crowd.leave()
    return figures


async def _measure(crowd: Crowd, running: Running, seconds: float) -> dict[str, Any]:
    tally = crowd.tally
    began = time.monotonic()
    before = running.cpu(), tally.deliveries, tally.frames, tally.sent.total()
    await asyncio.sleep(seconds)
    after = running.cpu(), tally.deliveries, tally.frames, tally.sent.total()
    took = time.monotonic() - began
    cpu = {name: after[0][name] - before[0][name] for name in after[0]}
    deliveries, frames, said = (after[place] - before[place] for place in (1, 2, 3))
    return {
        "deliveries_per_second": deliveries / took,
        "messages_per_second": said / took,
        "us_per_delivery": per_unit(cpu["server"], deliveries),
        "us_per_message": per_unit(cpu["server"], said),
        "server_core": cpu["server"] / took,
        "redis_us_per_delivery": per_unit(cpu.get("redis", 0.0), deliveries),
        "database_us_per_message": per_unit(cpu.get("postgres", 0.0), said),
        "generator_core": cpu["generator"] / took,
        "messages_per_frame": deliveries / frames if frames else None,
        **{f"p{share}_ms": tally.latency_ms(share / 100, began, began + took) for share in (50, 95, 99)},
    }


def per_unit(seconds: float, count: int) -> float | None:
    """Microseconds for each."""
    return seconds * 1e6 / count if count else None


async def pace(crowd: Crowd, speakers: list[Socket], per_second: float) -> None:
    """Says on time, whether or not the server keeps up: what is late counts as late from when it was due."""
    start = time.monotonic()
    for number in range(1_000_000_000):
        due = start + number / per_second
        await asyncio.sleep(max(due - time.monotonic(), 0))
        crowd.say(speakers[number % len(speakers)], due)


async def _closed_loop(crowd: Crowd, speakers: list[Socket]) -> None:
    """Everybody says the next message when they have heard their last."""
    spoke: dict[Socket, float] = {}

    def speak(socket: Socket) -> None:
        spoke[socket] = time.monotonic()
        crowd.say(socket, spoke[socket])

    crowd.on_echo = speak
    for socket in speakers:
        speak(socket)
    while True:
        await asyncio.sleep(0.5)
        late = time.monotonic() - PATIENCE
        for socket in [each for each, at in spoke.items() if at < late]:
            speak(socket)

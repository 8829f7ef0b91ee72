"""Everything breaks, one thing after the other, under 200 messages a second: nothing is lost, doubled or different.

It goes on for CHAOS_SECONDS (60), but until each thing has broken once. Four workers behind the project's nginx; people
write and read by the Python client, some over each transport.
"""

import asyncio
import itertools
import os
import random
import time
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from parley_client import START, Snapshot, State
from parley_client.links.poll import PollLink
from parley_client.links.socket import SocketLink
from parley_client.links.stream import StreamLink
from tests.conformance.house import living
from tests.conformance.sizes import report
from tests.parley_client.people import Listener, seat
from tests.servers.chat import ChatServer

SECONDS = float(os.environ.get("CHAOS_SECONDS", "60"))
PER_SECOND = float(os.environ.get("CHAOS_PER_SECOND", "200"))
WRITERS = ("anna", "ben", "cleo", "dora")
READERS = ("emil", "faye", "gwen", "hugo")
WAYS = (SocketLink, SocketLink, StreamLink, PollLink)
ROOMS = 5
FREEZE = 3.0
CALM = 2.0
AHEAD = 100
"""Messages of one writer in one room that may wait for an answer; a machine too slow for the pace gets fewer."""


async def kill_a_worker(house):
    server = random.choice(house.fleet.servers)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(CALM / 2)
    await asyncio.to_thread(server.start)


async def renew_the_workers(house):
    for server in house.fleet.servers:
        await asyncio.to_thread(ChatServer.restart, server)


async def reload_nginx(house):
    await asyncio.to_thread(house.fleet.nginx.reload)


async def restart_redis(house):
    await asyncio.to_thread(house.redis.restart)


async def kill_redis(house):
    await asyncio.to_thread(house.redis.kill)
    await asyncio.sleep(FREEZE)
    await asyncio.to_thread(house.redis.start)


async def freeze_redis(house):
    with house.redis.frozen():
        await asyncio.sleep(FREEZE)


async def restart_postgres(house):
    await asyncio.to_thread(house.postgres.restart)


async def kill_postgres(house):
    await asyncio.to_thread(house.postgres.kill)
    await asyncio.sleep(FREEZE)
    await asyncio.to_thread(house.postgres.start)


async def freeze_postgres(house):
    with house.postgres.frozen():
        await asyncio.sleep(FREEZE)


FAULTS = (
    kill_a_worker,
    freeze_redis,
    reload_nginx,
    kill_postgres,
    renew_the_workers,
    kill_redis,
    freeze_postgres,
    kill_a_worker,
    restart_redis,
    restart_postgres,
)


class Talk:
    """What was acknowledged, by room, and when something was heard."""

    def __init__(self):
        self.acked = {}
        self.over = False

    async def write(self, client, room, name, per_second):
        """Sends at a pace; what waits while the chat is away is sent when it is back."""
        start, ahead = time.monotonic(), asyncio.Semaphore(AHEAD)
        async with asyncio.TaskGroup() as group:
            for number in itertools.count():
                await ahead.acquire()
                if self.over:
                    return
                group.create_task(self._send(client, room, f"{name} {number}", ahead))
                await asyncio.sleep(max(0.0, start + (number + 1) / per_second - time.monotonic()))

    async def _send(self, client, room, body, ahead):
        message = await client.send(room, body)
        self.acked.setdefault(room, []).append((message.seq, body))
        ahead.release()


class Reader(Listener):
    """Notes the longest time in which nothing came."""

    def __init__(self, client, room):
        super().__init__(client, room, after=START, most=None)
        self.silence, self._last = 0.0, time.monotonic()

    async def watch(self, talk):
        """Looks twenty times a second until the talk is over."""
        heard = 0
        while not talk.over:
            now = time.monotonic()
            if len(self.items) > heard:
                heard, self._last = len(self.items), now
            self.silence = max(self.silence, now - self._last)
            await asyncio.sleep(0.05)


@pytest.mark.timeout(SECONDS * 4 + 600)
async def test_nothing_is_lost_doubled_or_different_whatever_breaks(own_postgres, own_redis, tmp_path):
    with living(tmp_path, own_postgres, own_redis, workers=4, through="nginx") as house:
        rooms = [await house.chat.room(*WRITERS, *READERS) for _ in range(ROOMS)]
        talk = Talk()
        async with AsyncExitStack() as stack:
            writers = [await stack.enter_async_context(seat(house.chat, name, draw=random.random)) for name in WRITERS]
            readers = []
            for name, way in zip(READERS, WAYS, strict=True):
                place = await stack.enter_async_context(seat(house.chat, name, ways=[way], draw=random.random))
                readers += [Reader(place.client, room) for room in rooms]
                await place.reach(State.LIVE)
            with report("the chaos") as measured:
                faults = await _live(house, talk, rooms, writers, readers)
                await asyncio.gather(*(_hears_all(reader, house, room) for reader, room in _places(readers, rooms)))
            loss, doubles = await _judge(house, talk, rooms, readers)
        silence = max(reader.silence for reader in readers)
        measured(
            f"{sum(map(len, talk.acked.values()))} messages, loss {loss}, doubles {doubles}, "
            f"longest silence {silence:.1f} s, faults {dict(faults)}"
        )
        assert (loss, doubles) == (0, 0)


async def _live(house, talk, rooms, writers, readers):
    """Breaks one thing after the other while people talk; how often each was broken."""
    faults, end = Counter(), time.monotonic() + SECONDS
    per_writer = PER_SECOND / len(rooms) / len(writers)
    async with asyncio.TaskGroup() as group:
        for (number, place), room in itertools.product(enumerate(writers), rooms):
            group.create_task(talk.write(place.client, room, WRITERS[number], per_writer))
        for reader in readers:
            group.create_task(reader.watch(talk))
        for fault in itertools.cycle(FAULTS):
            await asyncio.sleep(CALM)
            if time.monotonic() > end and faults.total() >= len(FAULTS):
                break
            await fault(house)
            faults[fault.__name__] += 1
        talk.over = True
    return faults


def _places(readers, rooms):
    return zip(readers, itertools.cycle(rooms))


async def _hears_all(reader, house, room):
    """Waits until a reader has come to the head of the room."""
    async with house.chat.rest("anna") as rest:
        head = (await rest.get(f"rooms/{room}/messages?limit=1")).raise_for_status().json()["head"]
    await reader.until(lambda: reader.events and reader.events[-1].seq >= head)


async def _judge(house, talk, rooms, readers):
    """Acknowledged messages that are missing, and rows too many; every reader must hold what the server does."""
    loss = doubles = 0
    for room in rooms:
        history = [(message["seq"], message["body"]) for message in await house.chat.history(room)]
        acked = talk.acked[room]
        loss += len(set(acked) - set(history))
        doubles += len(history) - len({body for _, body in history})
        assert sorted(acked) == history, "something is there that nobody was told of"
    for reader, room in _places(readers, rooms):
        assert not [item for item in reader.items if isinstance(item, Snapshot)], "a reader was not told all"
        assert [event.seq for event in reader.events] == list(range(1, len(reader.events) + 1))
        assert sorted(reader.bodies) == sorted(body for _, body in talk.acked[room])
    return loss, doubles

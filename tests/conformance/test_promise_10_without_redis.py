"""Promise 10: without Redis everything still arrives, a little later; nobody waits for it and no socket is lost."""

import asyncio
import contextlib
import statistics
import time

import pytest

from tests.conformance.conftest import SELDOM
from tests.conformance.sizes import report, size

OUTAGE = size(1.5, 10.0)
FAR_AWAY = "600"
PEOPLE = ("anna", "ben", "cleo", "dora")


class Load:
    """Four people on four workers who say something all the time, and four who listen."""

    def __init__(self, chat, room, clients):
        self.chat, self.room, self.clients = chat, room, clients
        self.acks = []
        self.newest = 0
        self.over = False

    async def run(self):
        """Says one thing after the other until it is over; notes how long each acknowledgement took."""
        await asyncio.gather(*(self._talk(client) for client in self.clients[:4]))

    async def _talk(self, client):
        while not self.over:
            began = time.monotonic()
            said = await client.say(self.room, "under load")
            self.acks.append(time.monotonic() - began)
            self.newest = max(self.newest, said["seq"])
            await asyncio.sleep(0.02)  # The pace of the load, not a wait.

    async def goes_on(self):
        """Waits until some more was acknowledged."""
        before = len(self.acks)
        await self.clients[0].until(lambda: len(self.acks) > before + 20)

    async def arrives(self):
        """What is newest now reaches every socket."""
        newest = self.newest
        await asyncio.gather(*(client.reach(self.room, newest) for client in self.clients))


@pytest.fixture
async def load(start_fleet, own_redis):
    chat = start_fleet(redis=own_redis)
    room = await chat.room("anna", *PEOPLE[1:])
    clients = await chat.spread([*PEOPLE, *PEOPLE])
    for client in clients:
        await client.subscribe(room)
    load = Load(chat, room, clients)
    talking = asyncio.create_task(load.run())
    yield load
    load.over = True
    await talking
    history = [message["seq"] for message in await chat.history(room)]
    for client in clients:
        assert (await client.reach(room, history[-1])).seqs == history
        await client.close()


@contextlib.asynccontextmanager
async def _outage(load, how):
    """While the block runs and at least OUTAGE seconds; sends are acknowledged meanwhile without waiting for Redis."""
    before, began = len(load.acks), time.monotonic()
    with report(f"Redis {how}") as measured:
        yield
        await asyncio.sleep(OUTAGE - (time.monotonic() - began))
    acks = load.acks[before:]
    measured(f"{len(acks)} acknowledgements, at most {max(acks):.3f} s, median {statistics.median(acks):.3f} s")
    usual = statistics.median(load.acks[:before])
    assert statistics.median(acks) < 10 * usual + 0.5


async def test_a_frozen_a_stopped_and_a_restarted_redis_lose_nothing_and_close_nothing(load, own_redis):
    await load.goes_on()
    async with _outage(load, "frozen"):
        own_redis.freeze()
        await load.goes_on()
        await load.arrives()
    own_redis.thaw()
    await load.arrives()
    async with _outage(load, "stopped"):
        own_redis.kill()
        await load.goes_on()
        await load.arrives()
    own_redis.start()
    await load.arrives()
    async with _outage(load, "back"):
        await load.arrives()


async def test_hints_flow_again_when_redis_is_back(start_fleet, own_redis):
    """Nobody checks the positions for ten minutes: what arrives came by a hint, or by the gap before one."""
    chat = start_fleet(workers=2, redis=own_redis, PARLEY_POSITION_CHECK_SECONDS=FAR_AWAY)
    room = await chat.room("anna", "ben")
    sender, listener = await chat.spread(["anna", "ben"])
    for client in (sender, listener):
        await client.subscribe(room)
    own_redis.kill()
    own_redis.start()
    async with asyncio.timeout(60):
        while True:
            said = await sender.say(room, "anybody?")
            with contextlib.suppress(TimeoutError):
                await listener.reach(room, said["seq"], seconds=0.5)
                break
    for client in (sender, listener):
        await client.close()


@pytest.mark.parametrize("how", ["all", "swap"])
async def test_with_hints_dropped_or_swapped_events_arrive_in_order_within_the_check_interval(start_fleet, how):
    """All are lost: the position check finds them. Neighbours are swapped: no check is needed."""
    interval, bursts = (1, size(3, 20)) if how == "all" else (SELDOM, size(10, 50))
    chat = start_fleet(workers=2, PARLEY_DROP_HINTS=how, PARLEY_POSITION_CHECK_SECONDS=f"{interval}")
    room = await chat.room("anna", "ben")
    sender, listener = await chat.spread(["anna", "ben"])
    for client in (sender, listener):
        await client.subscribe(room)
    with report(f"hints: {how}") as measured:
        async with asyncio.timeout(bursts * SELDOM / 2):
            for _ in range(bursts):
                burst = await asyncio.gather(*[await sender.begin_to_say(room, "hello") for _ in range(30)])
                await listener.reach(room, max(message["seq"] for message in burst))
    measured(f"{len(listener.logs[room].events)} events")
    for client in (sender, listener):
        await client.close()


async def test_what_any_worker_commits_reaches_every_socket_by_hints(chat_by_hints):
    """Also what is committed by workers that have no socket themselves."""
    room = await chat_by_hints.room("anna", "ben")
    async with await chat_by_hints.connect("ben") as ben, chat_by_hints.rest("anna") as rest:
        log = await ben.subscribe(room)
        async with asyncio.timeout(20 * SELDOM / 4):
            for number in range(20):
                posted = await rest.post(f"rooms/{room}/messages", json={"client_id": f"{number}", "body": f"{number}"})
                await ben.reach(room, posted.json()["seq"])
        assert log.bodies == [f"{number}" for number in range(20)]

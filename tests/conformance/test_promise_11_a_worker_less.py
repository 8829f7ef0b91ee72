"""Promise 11: a worker that is killed or renewed loses nothing and doubles nothing for anybody.

That no page reloads is shown in the browser.
"""

import asyncio
import contextlib
import itertools
import random
import signal
import statistics
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from parley_client import START, State
from parley_client.links.socket import SocketLink
from tests.client import Log
from tests.conformance.sizes import PROVE, report, size
from tests.parley_client.people import Listener, seat
from tests.servers.chat import QuietServer
from tests.servers.fleet import Fleet

PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "faye", "gwen", "hugo")
EACH = size(40, 500)
KILLS = size(1, 4)
LISTENING = size(8, 40)


class Survivor:
    """A client as the protocol wants it: it comes back with its cursor, and sends again what was not acknowledged."""

    def __init__(self, chat, room, client):
        self.chat, self.room, self.client = chat, room, client
        self.log = client.logs[room]
        self.told = list[dict]()
        self.unacked = {f"{client.hello['person']['username']}-{number}": None for number in range(EACH)}
        self.returns = 0

    async def live(self, goal):
        """Sends everything and listens until `goal` events were told."""
        while self.unacked or len(self.told) + len(self.log.events) < goal:
            try:
                for client_id in list(self.unacked):
                    await self.client.say(self.room, client_id, client_id)
                    del self.unacked[client_id]
                await self.client.until(lambda: len(self.told) + len(self.log.events) >= goal)
            except ConnectionClosed:
                await self._come_back()

    async def _come_back(self):
        self.returns += 1
        epoch = self.client.epoch
        self.told += self.log.events
        while True:
            with contextlib.suppress(OSError, InvalidHandshake, ConnectionClosed):
                self.client = await self.chat.connect(self.client.hello["person"]["username"])
                self.log = Log(self.room, self.log.cursor)
                self.log = await self.client.subscribe(self.room, after=self.log.cursor, epoch=epoch, most=None)
                return


@pytest.mark.parametrize("kind", [QuietServer, Fleet], ids=["on one port", "behind a balancer"])
async def test_the_clients_of_a_killed_worker_resume_elsewhere_without_loss_or_double(start_chat, kind):
    chat = start_chat(workers=4, kind=kind)
    room = await chat.room("anna", *PEOPLE[1:])
    clients = await chat.spread(PEOPLE)
    start = (await asyncio.gather(*(client.subscribe(room) for client in clients)))[0].cursor
    survivors = [Survivor(chat, room, client) for client in clients]
    with report(f"{KILLS} of 4 workers killed") as measured:
        async with asyncio.TaskGroup() as group:
            for survivor in survivors:
                group.create_task(survivor.live(EACH * len(PEOPLE)))
            for part in range(1, KILLS + 1):
                await _until(lambda part=part: _sent(survivors) > part / (KILLS + 1))
                chat.server.kill_worker()
                if kind is Fleet:  # The other is its own keeper.
                    await asyncio.to_thread(chat.server.servers[0].start)
    measured(f"{sum(survivor.returns for survivor in survivors)} sockets came back")
    assert 0 < sum(survivor.returns > 0 for survivor in survivors) <= 2 * KILLS
    wanted = sorted(f"{name}-{number}" for name in PEOPLE for number in range(EACH))
    for survivor in survivors:
        events = survivor.told + survivor.log.events
        assert [event["seq"] for event in events] == list(range(start + 1, start + len(wanted) + 1))
        assert sorted(event["message"]["body"] for event in events) == wanted
        await survivor.client.close()
    assert sorted(message["body"] for message in await chat.history(room)) == wanted
    await _until(lambda: len(chat.server.worker_pids()) == 4)


def _sent(survivors):
    """How much of everything was acknowledged."""
    return 1 - sum(len(survivor.unacked) for survivor in survivors) / (EACH * len(PEOPLE))


async def _until(condition, seconds=60):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - acknowledgements come to many sockets.
            await asyncio.sleep(0.005)


@pytest.mark.timeout(900)
async def test_a_rolling_restart_under_load_loses_and_doubles_nothing_and_spreads_the_returns(start_chat):
    """With the Python client, which comes back by itself. Only some of them listen, so that there can be many.

    That no second has more than twice the mean of those in which a worker sends its people away is a matter of speed,
    and is asked of the full size alone. The few who come later, because they had to wait longer, make no such second.
    """
    chat = start_chat(workers=4, kind=QuietServer, PARLEY_SOCKETS_PER_PERSON="100000")
    room = await chat.room(*PEOPLE)
    before, said, over = set(chat.server.worker_pids()), [], asyncio.Event()
    async with AsyncExitStack() as stack:
        seats = [
            await stack.enter_async_context(seat(chat, PEOPLE[n % 8], ways=[SocketLink], draw=random.random))
            for n in range(size(24, 800))
        ]
        heard = [Listener(each.client, room, after=START) for each in seats[:LISTENING]]
        await asyncio.gather(*(each.reach(State.LIVE) for each in seats))
        with report("a rolling restart of 4 workers") as measured:
            async with asyncio.TaskGroup() as talking:
                for number, each in enumerate(seats[:4]):
                    talking.create_task(_talk(each.client, room, number, said, over))
                await _until(lambda: len(said) > 20)
                chat.server.signal(signal.SIGHUP)
                await _until(lambda: _renewed(chat.server, before), seconds=200)
                enough = len(said) + 20
                await _until(lambda: len(said) > enough)
                over.set()
        for each in heard:
            await each.until(lambda each=each: len(each.bodies) >= len(said))
        returns = [at for each in seats for at in _returns(each)]
    by_second = Counter(int(at - min(returns)) for at in returns)
    measured(f"{len(said)} messages, {len(returns)} returns, by second {sorted(by_second.items())}")
    history = [message["body"] for message in await chat.history(room)]
    assert sorted(history) == sorted(said)
    for each in heard:
        assert [event.seq for event in each.events] == list(range(1, len(each.events) + 1))
        assert each.bodies == history
    assert len(returns) >= len(seats), "somebody was not sent away"
    if PROVE:
        most = max(by_second.values())
        assert most <= 2 * statistics.mean(count for count in by_second.values() if count > most / 10)


async def _talk(client, room, number, said, over):
    """Says one thing after the other, each when the one before it is kept for good."""
    for turn in itertools.count():
        if over.is_set():
            return
        said.append((await client.send(room, f"{number}: {turn}")).body)
        await asyncio.sleep(0.05)  # The pace of the load, not a wait.


def _renewed(server, before):
    """Whether all workers are others, and no more of them than there should be."""
    now = server.worker_pids()
    return len(now) == len(before) and before.isdisjoint(now)


def _returns(seat):
    """When somebody tried to come back."""
    steps = zip(itertools.pairwise(seat.states), seat.times[1:], strict=True)
    return [at for states, at in steps if states == (State.WAITING, State.CONNECTING)]

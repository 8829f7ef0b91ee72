"""Promise 11: kill -9 of one worker in four loses nothing and doubles nothing for anybody."""

import asyncio
import contextlib

import psutil
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.client import Log
from tests.conformance.sizes import report, size

PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "faye", "gwen", "hugo")
EACH = size(40, 500)
KILLS = size(1, 4)


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


async def test_the_clients_of_a_killed_worker_resume_elsewhere_without_loss_or_double(start_chat):
    chat = start_chat(workers=4)
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
    measured(f"{sum(survivor.returns for survivor in survivors)} sockets came back")
    assert 0 < sum(survivor.returns > 0 for survivor in survivors) <= 2 * KILLS
    wanted = sorted(f"{name}-{number}" for name in PEOPLE for number in range(EACH))
    for survivor in survivors:
        events = survivor.told + survivor.log.events
        assert [event["seq"] for event in events] == list(range(start + 1, start + len(wanted) + 1))
        assert sorted(event["message"]["body"] for event in events) == wanted
        await survivor.client.close()
    assert sorted(message["body"] for message in await chat.history(room)) == wanted
    assert len(psutil.Process(chat.server.pid).children()) == 4


def _sent(survivors):
    """How much of everything was acknowledged."""
    return 1 - sum(len(survivor.unacked) for survivor in survivors) / (EACH * len(PEOPLE))


async def _until(condition):
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - acknowledgements come to eight sockets.
            await asyncio.sleep(0.005)

"""A person at a client, and what they have heard."""

import asyncio
import time
from collections import Counter
from contextlib import asynccontextmanager

from parley_client import Client, Snapshot, State
from tests.patience import PATIENCE

TICK, TICKS = 0.1, 50
"""Seconds between the timers by which a wait is counted, and how many there are."""


class Listener:
    """Follows a room in the background and keeps what came; `until` waits for more."""

    def __init__(self, client, room, **options):
        self.items = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._listen(client, room, options))
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    @property
    def events(self):
        return [item for item in self.items if not isinstance(item, Snapshot)]

    @property
    def bodies(self):
        return [event.message.body for event in self.events if event.kind == "message.created"]

    async def _listen(self, client, room, options):
        try:
            async for item in client.follow(room, **options):
                self.items.append(item)
                self._news.set()
        finally:
            self._news.set()

    async def until(self, found):
        """Waits until `found` is true of what has come. Raises what ended the iterator."""
        async with asyncio.timeout(PATIENCE):
            while not found():
                if self._task.done():
                    self._task.result()
                    raise AssertionError("the iterator has ended")
                self._news.clear()
                await self._news.wait()

    async def has(self, count):
        await self.until(lambda: len(self.items) >= count)

    async def end(self):
        """Waits for the end of the iterator. Raises what ended it."""
        async with asyncio.timeout(PATIENCE):
            await self._task

    def stop(self):
        self._task.cancel()


class Seat:
    """A client with the states it went through and when, and `waits`, the seconds of each wait that is over.

    These are counted by timers that were set when the wait began: a busy loop runs them late, but in their order.
    """

    def __init__(self, url, token, **options):
        self.states = []
        self.times = []
        self.waits = []
        self._ticks = []
        self._ticked = 0
        self._changed = asyncio.Event()
        self.client = Client(url, token, on_state=self._note, **options)

    def _note(self, state):
        if self._ticks:
            self.waits.append(self._ticked * TICK)
        for tick in self._ticks:
            tick.cancel()
        self._ticks, self._ticked = [], 0
        if state is State.WAITING:
            later = asyncio.get_running_loop().call_later
            self._ticks = [later(number * TICK, self._tick) for number in range(1, TICKS + 1)]
        self.states.append(state)
        self.times.append(time.monotonic())
        self._changed.set()

    def _tick(self):
        self._ticked += 1

    def forget(self):
        """What has been gone through counts no more."""
        self.states.clear()
        self.times.clear()
        self.waits.clear()

    async def reach(self, *states):
        """Waits until these states have been gone through, in this order."""
        async with asyncio.timeout(PATIENCE):
            while not _in_order(states, self.states):
                self._changed.clear()
                await self._changed.wait()


def _in_order(wanted, happened):
    rest = iter(happened)
    return all(state in rest for state in wanted)


@asynccontextmanager
async def seat(chat, name, *, url="", token="", **options):
    """This person at a client that comes back without long waits."""
    options = {"draw": lambda: 0.1, **options}
    found = Seat(url or chat.server.url, token or chat.tokens[name], **options)
    async with found.client:
        yield found


async def talk(client, room, name, count):
    """Sends one message behind another, each as soon as the last is acknowledged."""
    for number in range(count):
        await client.send(room, f"{name} {number}")
        await asyncio.sleep(0.01)


def assert_whole(heard, *told):
    """Every event once and in order, and every message of each teller once and in order."""
    assert [event.seq for event in heard.events] == list(range(1, len(heard.events) + 1))
    assert len(heard.events) == len(heard.items), "a snapshot stood in for events"
    for name, count in told:
        own = [body for body in heard.bodies if body.startswith(f"{name} ")]
        assert own == [f"{name} {number}" for number in range(count)]
    assert max(Counter(heard.bodies).values()) == 1

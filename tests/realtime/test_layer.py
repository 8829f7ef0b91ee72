"""The layer: hints are sent and heard while Redis answers, and nobody waits for it while it does not."""

import asyncio

import pytest

from chat.realtime import layer as layers
from chat.realtime.layer import EVERYONE, Layer
from tests.realtime.fakes import settle, until


class Backend:
    """A channel layer of one process whose connection can be cut, and which can hang."""

    def __init__(self):
        self.up = True
        self.hang = None
        self.channels = 0
        self.groups = {}
        self.sent = []
        self.heard = asyncio.Queue()

    async def new_channel(self):
        await self._answer()
        self.channels += 1
        return f"channel-{self.channels}"

    async def receive(self, channel):
        hint = await self.heard.get()
        if isinstance(hint, Exception):
            raise hint
        return hint

    async def group_add(self, group, channel):
        await self._answer()
        self.groups[group] = channel

    async def group_discard(self, group, channel):
        await self._answer()
        self.groups.pop(group, None)

    async def group_send(self, group, hint):
        await self._answer()
        self.sent.append((group, hint.get("number", hint)))

    async def _answer(self):
        if self.hang:
            await self.hang.wait()
        await asyncio.sleep(0)
        if not self.up:
            raise ConnectionError


@pytest.fixture
def backend(monkeypatch):
    monkeypatch.setattr(layers, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(layers, "TIMEOUT_SECONDS", 0.05)
    return Backend()


@pytest.fixture
async def start(backend):
    running = []

    def start(hear=lambda hint: None, others=9, **options):
        layer = Layer(backend, hear, others=lambda: others, **options)
        layer.start()
        running.append(layer)
        return layer

    yield start
    for layer in running:
        await layer.stop()


def hint(number):
    return {"type": "hint", "number": number}


async def test_a_worker_hears_of_everyone_s_news_and_of_the_rooms_it_joined(backend, start):
    layer = start()
    await layer.join("harbour")
    await until(lambda: backend.groups == {EVERYONE: "channel-1", "room.harbour": "channel-1"})
    layer.leave("harbour")
    await until(lambda: backend.groups == {EVERYONE: "channel-1"})


async def test_hints_go_out_in_order_to_the_room_s_group_or_to_everyone(backend, start):
    layer = start()
    for number, room in enumerate(["harbour", None, "harbour"]):
        layer.publish(room, hint(number))
    await until(lambda: backend.sent == [("room.harbour", 0), (EVERYONE, 1), ("room.harbour", 2)])


async def test_more_hints_than_there_are_workers_go_to_everyone_as_one_and_are_heard_one_by_one(backend, start):
    heard = []
    layer = start(lambda hint: heard.append(hint["number"]), others=3)
    for number in range(4):
        layer.publish(f"room-{number}", hint(number))
    await until(lambda: backend.sent)
    [(group, together)] = backend.sent
    assert group == EVERYONE
    backend.heard.put_nowait(together)
    await until(lambda: heard == [0, 1, 2, 3])


async def test_a_hint_that_cannot_be_read_stops_nothing(backend, start):
    heard = []

    def hear(hint):
        heard.append(hint["number"])

    start(hear)
    backend.heard.put_nowait({})
    backend.heard.put_nowait(hint(2))
    await until(lambda: heard == [2])


async def test_a_lost_connection_is_made_anew_and_every_group_joined_again(backend, start):
    layer = start()
    await layer.join("harbour")
    backend.heard.put_nowait(ConnectionError())
    await until(lambda: backend.groups == {EVERYONE: "channel-2", "room.harbour": "channel-2"})
    assert layer.healthy


async def test_while_redis_hangs_publishing_waits_for_nobody_and_joining_only_once(backend, start):
    layer = start()
    await layer.join("harbour")
    backend.hang = asyncio.Event()
    layer.publish("harbour", hint(1))
    await until(lambda: not layer.healthy)
    joining = asyncio.create_task(layer.join("bridge"))
    await settle(3)
    assert joining.done()
    backend.hang.set()
    backend.hang = None
    await until(lambda: layer.healthy and "room.bridge" in backend.groups)


async def test_joining_waits_a_bounded_time_for_a_redis_that_just_began_to_hang(backend, start):
    layer = start()
    await layer.join("harbour")
    backend.hang = asyncio.Event()
    await asyncio.wait_for(layer.join("bridge"), 5)
    assert "room.bridge" not in backend.groups


async def test_joining_before_there_is_any_redis_waits_a_bounded_time(backend, start):
    backend.up = False
    layer = start()
    await asyncio.wait_for(layer.join("harbour"), 5)
    backend.up = True
    await until(lambda: "room.harbour" in backend.groups)


async def test_the_queue_drops_the_oldest_hints_rather_than_growing(backend, start, monkeypatch):
    monkeypatch.setattr(layers, "QUEUE", 3)
    layer = start()
    backend.hang = asyncio.Event()
    for number in range(6):
        layer.publish(None, hint(number))
        await asyncio.sleep(0)
    backend.hang.set()
    await until(lambda: backend.sent and backend.sent[-1] == (EVERYONE, 5))
    assert [number for _, number in backend.sent][-3:] == [3, 4, 5]


async def test_a_room_left_and_joined_at_once_stays_joined(backend, start):
    layer = start()
    await layer.join("harbour")
    layer.leave("harbour")
    await layer.join("harbour")
    await settle()
    assert "room.harbour" in backend.groups


async def test_the_fault_switches_lose_and_swap(backend, start):
    lossy, swapping = start(drop="all"), start(drop="swap")
    lossy.publish(None, hint(1))
    for number in (2, 3, 4):
        swapping.publish(None, hint(number))
    await until(lambda: len(backend.sent) == 3)
    numbers = [number for _, number in backend.sent]
    assert sorted(numbers) == [2, 3, 4]
    assert numbers != [2, 3, 4]


async def test_memberships_are_renewed_long_before_they_expire(backend, start, monkeypatch):
    monkeypatch.setattr(layers, "JOIN_AGAIN_SECONDS", 0.02)
    layer = start()
    await layer.join("harbour")
    backend.groups.clear()
    await until(lambda: "room.harbour" in backend.groups)


async def test_who_leaves_while_memberships_are_renewed_has_left(backend, start, monkeypatch):
    monkeypatch.setattr(layers, "JOIN_AGAIN_SECONDS", 0.02)
    layer = start()
    rooms = {"harbour", "bridge"}
    for room in rooms:
        await layer.join(room)
    left = []
    add = backend.group_add

    async def renew(group, channel):
        if not left and group != EVERYONE:
            left.extend(rooms - {group.removeprefix("room.")})
            layer.leave(left[0])
        await add(group, channel)

    backend.group_add = renew
    await until(lambda: left and f"room.{left[0]}" not in backend.groups)


async def test_without_a_layer_nothing_is_done():
    layer = Layer(None, lambda hint: None, others=lambda: 0)
    layer.start()
    await layer.join("harbour")
    layer.publish("harbour", hint(1))
    layer.leave("harbour")
    await layer.stop()
    assert layer.healthy

"""The hub: who follows what, from where, and what may happen between asking for a room and being served."""

import asyncio

import pytest

from chat.domain.closing import CloseCode
from chat.domain.errors import Invalid, NotFound, Unavailable
from chat.realtime import room as rooms
from chat.realtime.hub import Hub
from chat.wire.server import Rooms
from tests.realtime.fakes import EPOCH, FakeGroups, FakeLog, created, encoded, left, settle, socket, until


class World:
    """A hub on a fake log of one room."""

    def __init__(self, head=0):
        self.log = FakeLog()
        self.log.say(head)
        self.groups = FakeGroups()
        self.hub = Hub(self.log, self.groups)
        self.changes = []
        self.hub.on_change = self.changes.append

    def connect(self, number=1):
        new = socket(number)
        self.hub.add(new)
        self.hub.identify(new)
        return new

    async def subscribe(self, connection, after=None, epoch=EPOCH, most=None, *, begin=True):
        head, start = await self.hub.subscribe(connection, "room", after=after, epoch=epoch, most=most)
        connection.cursor = head if after is None else after
        if begin:
            start()
            await settle()
        return head if begin else start

    def hint(self, *events):
        self.log.write(*events)
        self.hub.take("room", events[0].seq - 1, encoded(*events))

    def say(self):
        self.hint(created(self.log.head + 1))


@pytest.fixture
def world():
    return World(head=5)


# --- people ----------------------------------------------------------------------------------------------------------


async def test_the_hub_knows_all_devices_of_a_person(world):
    first, second, other = world.connect(1), world.connect(1), world.connect(2)
    assert set(world.hub.devices(1)) == {first, second}
    world.hub.remove(first)
    world.hub.remove(first)
    assert world.hub.devices(1) == [second]
    assert world.hub.devices(2) == [other]
    assert world.hub.devices(3) == []


async def test_a_socket_that_leaves_follows_nothing_any_more(world):
    connection = world.connect()
    await world.subscribe(connection)
    world.hub.remove(connection)
    world.say()
    assert world.hub.rooms() == []
    assert world.groups.joined == set()
    assert connection.events == []


async def test_a_broken_socket_keeps_no_frame_from_the_others(world):
    broken, other = world.connect(1), world.connect(2)
    broken.broken = True
    world.hub.send([broken, other], Rooms())
    assert other.commands() == ["rooms"]
    assert broken.closing


async def test_all_are_sent_away_in_batches(world, monkeypatch):
    monkeypatch.setattr("chat.realtime.hub.BATCH_SECONDS", 0.001)
    connections = [world.connect(number) for number in range(50)]
    leaving = asyncio.create_task(world.hub.send_away(CloseCode.RESTARTING, seconds=0.002))
    await asyncio.sleep(0)
    assert 0 < sum(connection.closing for connection in connections) < 50
    await leaving
    assert {connection.code for connection in connections} == {CloseCode.RESTARTING}


# --- following -------------------------------------------------------------------------------------------------------


async def test_without_a_cursor_one_follows_from_the_head(world):
    connection = world.connect()
    assert await world.subscribe(connection) == 5
    world.say()
    assert connection.commands() == ["live"]
    assert connection.events == [6]
    assert world.hub.heads(connection) == {"room": 6}


async def test_with_a_cursor_one_gets_what_was_missed_and_then_what_comes(world):
    connection = world.connect()
    await world.subscribe(connection, after=2)
    world.say()
    await until(lambda: connection.events == [3, 4, 5, 6])
    assert connection.commands() == ["live"]


async def test_nothing_is_delivered_before_the_reply_is_out(world):
    connection = world.connect()
    start = await world.subscribe(connection, after=2, begin=False)
    world.say()
    await settle()
    assert connection.events == []
    start()
    await until(lambda: connection.events == [3, 4, 5, 6])


async def test_who_leaves_before_the_reply_is_out_gets_nothing(world):
    connection = world.connect()
    start = await world.subscribe(connection, after=2, begin=False)
    world.hub.unsubscribe(connection, "room")
    start()
    await settle()
    assert connection.events == []
    assert connection.frames == []


async def test_following_again_restarts_from_the_new_cursor(world):
    connection = world.connect()
    await world.subscribe(connection, after=0)
    await world.subscribe(connection, after=3)
    assert connection.events == [1, 2, 3, 4, 5, 4, 5]
    world.say()
    assert connection.cursor == 6


async def test_more_missed_than_wanted_is_limited_and_live_from_the_head(world):
    connection = world.connect()
    start = await world.subscribe(connection, after=1, most=3, begin=False)
    connection.cursor = 5
    start()
    await settle()
    assert connection.frames == [{"command": "limited", "room": "room", "head": 5, "epoch": EPOCH}]
    world.say()
    assert connection.events == [6]


@pytest.mark.parametrize(
    ("after", "epoch", "reason"), [(3, "another", "epoch"), (99, EPOCH, "ahead"), (1, EPOCH, "trimmed")]
)
async def test_an_unknown_cursor_is_reset_and_live_from_the_head(world, after, epoch, reason):
    world.log.oldest = 4
    connection = world.connect()
    start = await world.subscribe(connection, after=after, epoch=epoch, begin=False)
    connection.cursor = 5
    start()
    await settle()
    [frame] = connection.frames
    assert (frame["command"], frame["reason"], frame["head"], frame["oldest"]) == ("reset", reason, 5, 4)
    world.say()
    assert connection.events == [6]


@pytest.mark.parametrize(("after", "epoch"), [(3, None), (-1, EPOCH), (2**53, EPOCH)])
async def test_an_impossible_cursor_is_invalid_and_leaves_nothing_behind(world, after, epoch):
    with pytest.raises(Invalid):
        await world.subscribe(world.connect(), after=after, epoch=epoch)
    assert world.hub.rooms() == []
    assert world.groups.joined == set()


async def test_a_closed_room_is_not_even_joined(world):
    world.log.removed = {1}
    world.groups.join = None
    with pytest.raises(NotFound):
        await world.subscribe(world.connect(1))
    assert world.hub.rooms() == []


# --- between asking and being served ---------------------------------------------------------------------------------


async def test_the_worker_hears_of_a_room_before_it_reads_where_its_log_stands(world):
    world.groups.gate = asyncio.Event()
    connection = world.connect()
    joining = asyncio.create_task(world.subscribe(connection))
    await settle()
    world.log.say()
    world.groups.gate.set()
    assert await joining == 6


@pytest.mark.parametrize("read", [1, 2, 3])
async def test_an_event_heard_while_the_first_one_is_still_asking_reaches_them_without_any_check(world, read):
    """The hint may overtake the answer to the read that did not see the event yet."""
    world.log.at_read[read] = world.say
    connection, other = world.connect(1), world.connect(2)
    await asyncio.gather(world.subscribe(connection, after=5), world.subscribe(other, after=5))
    await until(lambda: connection.events == other.events == [6])
    world.say()
    await until(lambda: connection.cursor == other.cursor == 7)


async def test_an_event_missed_while_the_group_was_being_joined_is_not_waited_for_later(world):
    world.groups.gate = asyncio.Event()
    connection = world.connect()
    joining = asyncio.create_task(world.subscribe(connection))
    await settle()
    world.log.say(3)
    world.groups.gate.set()
    assert await joining == 8
    world.say()
    assert connection.events == [9]
    assert world.log.reads == ["position", "position"]


async def test_the_last_one_leaving_while_another_comes_loses_the_room_for_nobody(world):
    first, second = world.connect(1), world.connect(2)
    await world.subscribe(first)
    world.log.at_read[3] = lambda: world.hub.remove(first)
    await world.subscribe(second)
    assert world.groups.joined == {"room"}
    world.say()
    assert second.events == [6]


async def test_somebody_removed_while_they_ask_is_refused_although_they_were_in_when_they_asked(world):
    """The read finds them in, then the removal is delivered to the others, and only then the read's answer comes."""
    other, removed = world.connect(2), world.connect(1)
    await world.subscribe(other)
    gate = world.log.gate = asyncio.Event()
    asking = asyncio.create_task(world.subscribe(removed))
    await settle()
    world.log.gate = None
    world.log.removed = {1}
    world.hint(left(6, who=1))
    world.say()
    await until(lambda: other.events == [6, 7])
    gate.set()
    with pytest.raises(NotFound):
        await asking
    assert removed.events == []


async def test_somebody_removed_just_when_they_came_in_gets_nothing_behind_their_removal(world):
    other, removed = world.connect(2), world.connect(1)
    await world.subscribe(other)

    def remove():
        world.log.removed = {1}
        world.hint(left(6, who=1))
        world.say()

    world.log.at_read[len(world.log.reads) + 1] = remove
    await world.subscribe(removed, after=4)
    await until(lambda: other.events == [6, 7])
    assert removed.events in ([], [5], [5, 6])
    assert removed.rooms == {}


async def test_others_learn_that_somebody_was_dropped_and_an_empty_room_is_left(world):
    connection = world.connect(1)
    await world.subscribe(connection)
    world.changes.clear()
    world.log.removed = {1}
    world.hint(left(6, who=1))
    await until(lambda: world.hub.rooms() == [])
    assert world.changes == ["room"]
    assert world.groups.joined == set()


async def test_the_position_check_repairs_rooms_that_are_followed_and_no_others(world):
    connection = world.connect()
    await world.subscribe(connection)
    world.log.say(2)
    world.hub.compare({"room": (1, 7), "elsewhere": (1, 3)})
    await until(lambda: connection.events == [6, 7])


async def test_hints_of_rooms_that_nobody_follows_are_nobody_s(world):
    world.hub.take("elsewhere", 3, encoded(created(4)))
    assert world.hub.rooms() == []


# --- another history -------------------------------------------------------------------------------------------------


async def test_another_epoch_sends_everybody_away_and_forgets_what_was_known(world):
    connection = world.connect()
    await world.subscribe(connection)
    world.hub.begin(EPOCH)
    assert not connection.closing
    world.log.events, world.log.epoch = [], "another"
    world.hub.begin("another")
    assert connection.code == CloseCode.RESTARTING
    assert world.hub.rooms() == []
    world.log.say(2)
    newcomer = world.connect(2)
    assert await world.subscribe(newcomer) == 2
    world.say()
    assert newcomer.events == [3]
    world.hub.remove(connection)
    world.say()
    assert newcomer.cursor == 4 or await asyncio.sleep(rooms.COALESCE_SECONDS * 2) is None
    assert newcomer.events == [3, 4]


async def test_a_position_of_another_epoch_than_the_hub_s_follows_nothing(world):
    await world.subscribe(world.connect(1))
    world.log.epoch = "another"
    with pytest.raises(Unavailable):
        await world.subscribe(world.connect(2))


async def test_a_read_from_before_another_history_began_follows_nothing(world):
    world.log.at_read[2] = lambda: world.hub.begin("another")
    with pytest.raises(Unavailable):
        await world.subscribe(world.connect())
    assert world.hub.rooms() == []
    assert world.groups.joined == set()


# --- what a log has lost ----------------------------------------------------------------------------------------------


async def test_when_a_log_loses_its_beginning_everybody_begins_anew_and_misses_nothing_behind(world):
    everybody = [world.connect(1), world.connect(2)]
    for connection in everybody:
        await world.subscribe(connection, after=0)
    world.log.oldest = 4
    world.hub.compare({"room": (4, 5), "elsewhere": (2, 2)})
    world.hub.compare({"room": (4, 5)})
    await settle()
    world.say()
    await settle()
    for connection in everybody:
        [reset] = [frame for frame in connection.frames if frame["command"] == "reset"]
        assert (reset["reason"], reset["oldest"], reset["head"]) == ("trimmed", 4, 5)
        assert connection.events == [1, 2, 3, 4, 5, 6]

"""Catching up: from the ring or the log, alone or in a crowd, a socket misses nothing and gets nothing twice."""

import asyncio
from unittest import mock

import pytest

from chat.domain.closing import CloseCode
from chat.domain.cursors import Position
from chat.domain.errors import Unavailable
from chat.realtime import catching_up
from chat.realtime.connection import Following
from chat.realtime.feed import PAGE_EVENTS, RING
from chat.realtime.room import LiveRoom
from chat.wire.codecs.json import JSON
from tests.realtime.fakes import EPOCH, FakeFlow, Room, created, edited, encoded, settle, until


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(catching_up, "RETRY_SECONDS", 0.01)


async def test_a_socket_at_the_head_is_live_at_once():
    room = Room(head=5)
    member = room.catch_up(1, 5)
    await until(lambda: member.commands() == ["live"])
    assert member.frames[0]["head"] == 5
    assert member.events == []
    room.say(1)
    assert member.events == [6]


async def test_a_socket_catches_up_from_the_ring_without_the_log():
    room = Room(head=5)
    other = room.enter(2)
    room.say(3)
    await until(lambda: other.cursor == 8)
    member = room.catch_up(1, 6)
    await until(lambda: member.commands() == ["live"])
    assert member.events == [7, 8]
    assert room.log.reads == []


async def test_a_socket_further_back_catches_up_from_the_log_in_pages():
    room = Room(head=PAGE_EVENTS * 2 + 5)
    member = room.catch_up(1, 0)
    await until(lambda: member.commands() == ["live"])
    assert member.events == list(range(1, room.log.head + 1))
    assert member.pages == [(PAGE_EVENTS, True), (PAGE_EVENTS, True), (5, False)]
    assert room.log.reads == ["events_after"] * 3


async def test_of_a_crowd_that_catches_up_one_at_a_time_is_served_and_others_have_their_turn_between():
    room = Room()
    other = room.enter(100)
    room.say(3)
    await until(lambda: other.cursor == 3)
    crowd = [room.catch_up(number, 0) for number in range(50)]
    served = [0]
    while served[-1] < len(crowd):
        await asyncio.sleep(0)
        served.append(sum(bool(member.events) for member in crowd))
        assert served[-1] - served[-2] <= 1
    assert all(member.events == [1, 2, 3] for member in crowd)


async def test_a_crowd_of_one_room_does_not_come_before_everybody_of_another():
    here, elsewhere = Room(head=5), Room(head=5)
    elsewhere.live = LiveRoom("room", Position(EPOCH, 1, 5), elsewhere.log, here.turns)
    crowd = [here.catch_up(number, 0) for number in range(50)]
    await until(lambda: crowd[0].events)
    other = elsewhere.catch_up(50, 0)
    await until(lambda: other.events)
    assert crowd[-1].events == []
    await until(lambda: all(member.commands() == ["live"] for member in [*crowd, other]))


async def test_what_a_crowd_has_missed_is_encoded_once_for_all_of_it(monkeypatch):
    room = Room(head=60)
    encode = mock.Mock(wraps=JSON.events)
    monkeypatch.setattr(JSON, "events", encode)
    crowd = [room.catch_up(number, 0) for number in range(50)]
    await until(lambda: all(member.commands() == ["live"] for member in crowd))
    assert all(member.pages == [(60, False)] for member in crowd)
    assert encode.call_count == 1


async def test_a_crowd_that_comes_back_together_costs_one_read_of_the_log():
    room = Room(head=60)
    crowd = [room.catch_up(number, 10) for number in range(50)]
    await until(lambda: all(member.commands() == ["live"] for member in crowd))
    assert all(member.events == list(range(11, 61)) for member in crowd)
    late = room.catch_up(50, 20)
    await until(lambda: late.commands() == ["live"])
    assert room.log.reads == ["events_after"]


async def test_a_crowd_further_back_than_the_ring_is_served_from_the_log():
    room = Room(head=RING + 50)
    crowd = [room.catch_up(number, 0) for number in range(3)]
    await until(lambda: all(member.commands() == ["live"] for member in crowd))
    assert all(member.events == list(range(1, RING + 51)) for member in crowd)


async def test_a_crowd_whose_first_read_fails_reads_again():
    room = Room(head=5)
    room.log.failures = [Unavailable()]
    crowd = [room.catch_up(number, 0) for number in range(3)]
    await until(lambda: all(member.commands() == ["live"] for member in crowd))
    assert all(member.events == [1, 2, 3, 4, 5] for member in crowd)


async def test_of_long_messages_no_more_are_read_than_two_pages_can_hold():
    room = Room()
    for _ in range(50):
        room.log.write(created(room.log.head + 1, "x" * 100_000))
    member = room.catch_up(1, 0)
    await until(lambda: member.commands() == ["live"])
    assert member.events == list(range(1, 51))
    assert room.log.limits[0] == PAGE_EVENTS
    assert set(room.log.limits[1:]) == {catching_up.FEWEST_READ}


async def test_the_ring_answers_only_when_it_has_reached_the_head_that_the_subscriber_read():
    room = Room()
    room.enter(2)
    room.say(2)
    room.log.say(2)
    member = room.catch_up(1, 0, upto=4)
    await until(lambda: member.commands() == ["live"])
    assert member.events == [1, 2, 3, 4]
    assert room.log.reads == ["events_after"]
    room.live.take(2, encoded(*room.log.events[2:]))
    room.say(1)
    await until(lambda: member.cursor == 5)


async def test_events_go_on_while_somebody_catches_up_and_join_without_a_seam():
    room = Room(head=RING + 100)
    other = room.enter(2)
    member = room.catch_up(1, 0)
    for _ in range(300):
        room.say(1)
        await asyncio.sleep(0)
    await until(lambda: member.cursor == other.cursor == room.log.head and member.frames)
    assert member.events == list(range(1, room.log.head + 1))
    assert member.commands() == ["live"]


async def test_a_slow_read_of_the_log_delays_only_who_waits_for_it():
    room = Room(head=5)
    other = room.enter(2)
    room.log.gate = asyncio.Event()
    member = room.catch_up(1, 0)
    room.say(3)
    await until(lambda: other.cursor == 8)
    assert member.events == []
    room.log.gate.set()
    await until(lambda: member.commands() == ["live"])
    assert member.events == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_socket_that_fails_while_it_catches_up_is_closed():
    room = Room(head=5)
    broken = room.follow(1, 0, broken=True)
    room.live.latecomers.catch_up(broken, room.live.members[broken])
    await until(lambda: broken.code == CloseCode.OVERLOADED)


async def test_a_log_that_is_away_is_asked_again():
    room = Room(head=5)
    room.log.failures = [Unavailable(), Unavailable()]
    member = room.catch_up(1, 0)
    await until(lambda: member.commands() == ["live"])
    assert member.events == [1, 2, 3, 4, 5]


async def test_somebody_removed_while_they_catch_up_gets_no_further_page():
    room = Room(head=PAGE_EVENTS * 2)
    room.log.at_read[2] = lambda: room.log.removed.add(1)
    member = room.catch_up(1, 0)
    await until(lambda: member not in room.live.members)
    assert member.cursor == PAGE_EVENTS
    assert member.commands() == ["rooms"]


async def test_another_history_sends_away_who_catches_up():
    room = Room(head=5)
    room.log.epoch = "another"
    member = room.catch_up(1, 0)
    await until(lambda: member.code == CloseCode.RESTARTING)
    assert member.events == []


async def test_somebody_who_left_and_came_back_is_not_served_twice():
    room = Room(head=PAGE_EVENTS * 3)
    member = room.follow(1, 0)

    def come_back():
        room.live.members[member] = again = Following(cursor=PAGE_EVENTS)
        room.live.latecomers.catch_up(member, again, announce=True, upto=room.log.head)

    room.log.at_read[2] = come_back
    room.live.latecomers.catch_up(member, room.live.members[member], announce=True, upto=room.log.head)
    await until(lambda: member.commands() == ["live"])
    await settle()
    assert member.events == list(range(1, room.log.head + 1))


async def test_an_edited_text_is_not_replayed():
    room = Room()
    other = room.enter(2)
    room.hint(created(1, "before"))
    await until(lambda: other.cursor == 1)
    room.log.events[0] = created(1, "after")
    room.hint(edited(2, 1, "after"))
    await until(lambda: other.cursor == 2)
    member = room.catch_up(1, 0)
    await until(lambda: member.commands() == ["live"])
    assert member.bodies == ["after", "after"]
    assert room.log.reads == ["events_after"]


async def test_a_text_edited_while_the_page_that_was_read_waits_for_its_turn_is_read_anew():
    room = Room()
    room.log.write(created(1), created(2, "before"), created(3))
    room.live.compare(3)
    async with room.turns:
        member = room.catch_up(1, 0)
        await until(lambda: room.log.reads)
        await settle()
        room.log.events[1] = created(2, "after")
        room.hint(edited(4, 2, "after"))
    await until(lambda: member.commands() == ["live"])
    assert member.events == [1, 2, 3, 4]
    assert "before" not in member.bodies
    assert room.log.reads == ["events_after"] * 2


async def test_a_text_edited_before_it_went_out_is_never_shown_and_nobody_misses_an_event():
    room = Room()
    members = [room.enter(number) for number in range(3)]
    room.say(1)
    room.log.write(created(2, "after"), edited(3, 2, "after"), created(4))
    room.live.take(1, encoded(created(2, "before"), edited(3, 2, "after"), created(4)))
    await until(lambda: all(member.cursor == 4 for member in members))
    assert all(member.events == [1, 2, 3, 4] for member in members)
    assert all("before" not in member.bodies for member in members)


# --- clients that do not keep up -------------------------------------------------------------------------------------


async def test_a_client_that_does_not_read_gets_nothing_until_it_does_and_then_everything_in_small_pages():
    room = Room()
    slow, other = room.enter(1), room.enter(2)
    slow.flow = flow = FakeFlow()
    room.say(1)
    flow.full = True
    for _ in range(10):
        room.hint(*(created(room.log.head + number, "x" * 5000) for number in range(1, 11)))
    await until(lambda: other.cursor == 101)
    assert slow.events == [1]
    flow.drain()
    await until(lambda: slow.cursor == 101)
    assert slow.events == list(range(1, 102))
    assert max(count for count, _ in slow.pages) * 5000 <= catching_up.SLOW_PAGE_BYTES
    room.say(1)
    await until(lambda: slow.cursor == other.cursor == 102)


async def test_a_client_that_leaves_instead_of_reading_holds_nothing_up():
    room = Room()
    slow, other = room.enter(1), room.enter(2)
    slow.flow = flow = FakeFlow()
    flow.full = True
    room.say(1)
    await settle()
    slow.disconnect(CloseCode.TOO_SLOW)
    room.say(1)
    await until(lambda: other.cursor == 2)
    await settle()
    assert slow.events == []

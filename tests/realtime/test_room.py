"""A live room: each socket gets each event once and in order, whatever arrives late, twice or never."""

import asyncio
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.domain.closing import CloseCode
from chat.domain.errors import Unavailable
from chat.realtime import room as rooms
from chat.realtime.catching_up import LOG_PAGE
from chat.realtime.connection import Following
from chat.realtime.feed import PAGE_EVENTS, RING
from tests.realtime.fakes import Room, created, encoded, left, settle, until


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(rooms, "RETRY_SECONDS", 0.01)


# --- live ------------------------------------------------------------------------------------------------------------


async def test_every_member_gets_every_event_once_and_in_order():
    room = Room(head=7)
    members = [room.enter(number) for number in range(3)]
    room.say(5)
    await until(lambda: all(member.cursor == 12 for member in members))
    assert all(member.events == [8, 9, 10, 11, 12] for member in members)
    assert room.log.reads == []


async def test_the_first_event_goes_at_once_and_a_burst_behind_it_as_one_frame():
    room = Room()
    member = room.enter()
    room.say(1)
    assert member.events == [1]
    room.say(20)
    assert member.events == [1]
    await until(lambda: member.cursor == 21)
    assert member.pages == [(1, False), (20, False)]


async def test_swapped_and_doubled_hints_ask_the_log_nothing():
    room = Room()
    member = room.enter()
    events = room.log.say(4)
    for seq in (2, 2, 1, 1, 4, 3, 3):
        room.live.take(seq - 1, encoded(events[seq - 1]))
    await until(lambda: member.cursor == 4)
    await asyncio.sleep(rooms.OVERTAKING_SECONDS * 2)
    assert member.events == [1, 2, 3, 4]
    assert room.log.reads == []


async def test_a_lost_hint_is_read_from_the_log_once_the_next_has_waited_for_it():
    room = Room()
    members = [room.enter(number) for number in range(3)]
    events = room.log.say(5)
    for event in (events[1], events[4]):
        room.live.take(event.seq - 1, encoded(event))
    await until(lambda: all(member.cursor == 5 for member in members))
    assert all(member.events == [1, 2, 3, 4, 5] for member in members)
    assert room.log.reads == ["repair"]


async def test_a_lost_last_hint_is_found_by_the_position_check():
    room = Room()
    member = room.enter()
    room.log.say(3)
    room.live.compare(room.log.head)
    await until(lambda: member.cursor == 3)
    room.live.compare(room.log.head)
    await asyncio.sleep(rooms.OVERTAKING_SECONDS * 2)
    assert room.log.reads == ["repair"]


async def test_a_repair_of_many_pages_reads_them_all():
    room = Room()
    member = room.enter()
    room.log.say(2 * LOG_PAGE + 1)
    room.live.compare(room.log.head)
    await until(lambda: member.cursor == room.log.head)
    assert member.events == list(range(1, room.log.head + 1))


async def test_a_repair_that_fails_is_made_up_for_by_the_next_check():
    room = Room()
    member = room.enter()
    room.log.failures = [Unavailable()]
    room.log.say(3)
    room.live.compare(room.log.head)
    await until(lambda: room.log.reads == ["repair"])
    await settle()
    assert member.events == []
    room.live.compare(room.log.head)
    await until(lambda: member.events == [1, 2, 3])


async def test_a_failing_socket_is_dropped_and_harms_no_other():
    room = Room()
    before, broken, behind = room.enter(1), room.enter(2, broken=True), room.enter(3)
    room.say(1)
    room.say(1)
    await until(lambda: before.events == behind.events == [1, 2])
    assert broken.closing
    assert broken.code == CloseCode.OVERLOADED


async def test_a_closing_socket_gets_nothing():
    room = Room()
    member = room.enter()
    member.disconnect(CloseCode.SIGNED_OUT)
    room.say(1)
    assert member.events == []


# --- turns -----------------------------------------------------------------------------------------------------------


async def test_a_thousand_members_are_served_in_turns_and_a_newcomer_in_the_middle_misses_nothing():
    room = Room()
    members = [room.enter(number) for number in range(1000)]
    room.say(1)
    await until(lambda: members[0].events == [1])
    assert members[-1].events == [], "the loop was not left between turns"
    newcomer = room.catch_up(1000, 0)
    leaver = members.pop()
    room.live.members.pop(leaver)
    mover = members[-1]
    room.live.members[mover] = Following(cursor=0)
    room.live.latecomers.catch_up(mover, room.live.members[mover], announce=True, upto=1)
    room.say(3)
    await until(lambda: all(member.cursor == 4 for member in [*members, newcomer]))
    assert all(member.events == [1, 2, 3, 4] for member in [*members, newcomer])
    assert leaver.events == []
    assert newcomer.commands() == mover.commands() == ["live"]


# --- rights ----------------------------------------------------------------------------------------------------------


async def test_nothing_behind_a_removal_goes_out_before_the_policy_was_asked():
    room = Room()
    removed, other = room.enter(1), room.enter(2)
    room.log.gate = asyncio.Event()
    room.log.removed = {1}
    room.hint(left(1, who=1))
    room.say(3)
    await asyncio.sleep(rooms.COALESCE_SECONDS * 3)
    assert removed.events == other.events == [1]
    room.log.gate.set()
    await until(lambda: other.events == [1, 2, 3, 4])
    assert removed.events == [1]
    assert removed.commands() == ["rooms"]
    assert "room" not in removed.rooms


async def test_a_removal_in_the_middle_of_a_burst_ends_the_frame():
    room = Room()
    removed, other = room.enter(1), room.enter(2)
    room.log.removed = {1}
    room.hint(created(1), created(2), left(3, who=1), created(4), created(5))
    await until(lambda: other.cursor == 5)
    assert removed.events == [1, 2, 3]
    assert other.pages == [(3, False), (2, False)]


async def test_a_removal_that_came_by_repair_counts_like_any_other():
    room = Room()
    removed, other = room.enter(1), room.enter(2)
    room.log.removed = {1}
    room.log.write(created(1), left(2, who=1), created(3))
    room.live.compare(3)
    await until(lambda: other.cursor == 3)
    assert removed.events == [1, 2]


@pytest.mark.parametrize("failure", [Unavailable(), RuntimeError("a mistake")])
async def test_while_the_policy_cannot_be_asked_nobody_gets_anything(failure):
    room = Room()
    removed, other = room.enter(1), room.enter(2)
    room.log.failures = [failure, failure]
    room.log.removed = {1}
    room.hint(left(1, who=1), created(2))
    await until(lambda: other.cursor == 2)
    assert room.log.reads == ["refused"] * 3
    assert removed.events == [1]


async def test_a_thousand_members_get_nothing_behind_a_removal_either():
    room = Room()
    members = [room.enter(number) for number in range(1000)]
    room.log.removed = {0, 999}
    room.hint(left(1, who=0), created(2))
    await until(lambda: members[500].cursor == 2)
    await settle()
    assert [member.events for member in members if member.person.id in (0, 999)] == [[1], [1]]
    assert sum(member.events == [1, 2] for member in members) == 998


async def test_a_socket_that_belongs_to_nobody_any_more_is_dropped_at_the_next_removal():
    room = Room()
    nobody = room.enter(1)
    nobody.person = None
    room.hint(left(1, who=5))
    await until(lambda: nobody not in room.live.members)


# --- everything together ---------------------------------------------------------------------------------------------

STEP = st.tuples(st.sampled_from(["hint", "check", "join", "leave", "wait"]), st.integers(0, 29), st.integers(1, 4))


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEP, max_size=60), kept=st.sets(st.integers(0, 29)), small=st.booleans())
def test_any_interleaving_with_losses_and_repairs_gives_each_member_each_event_once_in_order(steps, kept, small):
    with (
        mock.patch.multiple(rooms, OVERTAKING_SECONDS=0.0005, COALESCE_SECONDS=0.0002, WRITES_PER_TURN=2),
        mock.patch("chat.realtime.feed.RING", 5 if small else RING),
        mock.patch("chat.realtime.feed.PAGE_EVENTS", 3 if small else PAGE_EVENTS),
    ):
        asyncio.run(_interleave(steps, kept))


async def _interleave(steps, kept):
    room = Room()
    room.log.say(30)
    first = room.enter(0)
    members = [first]
    for number, (step, at, length) in enumerate(steps):
        match step:
            case "hint" if at in kept:
                room.live.take(at, encoded(*room.log.events[at : at + length]))
            case "check":
                room.live.compare(at)
            case "join":
                members.append(room.catch_up(number, min(at, room.live.feed.position), upto=room.live.feed.position))
            case "leave" if len(members) > 1:
                room.live.members.pop(members.pop(at % (len(members) - 1) + 1), None)
            case "wait":
                await asyncio.sleep(0.0005 * length)
    starts = {member: member.cursor - len(member.events) for member in members}
    room.live.compare(30)
    await until(lambda: all(member.cursor == 30 for member in members))
    for member in members:
        assert member.events == list(range(starts[member] + 1, 31))
    assert all(member.commands() in (["live"], []) for member in members)

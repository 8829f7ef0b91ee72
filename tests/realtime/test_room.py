"""A live room: each socket gets each event once and in order, whatever arrives late, twice or never."""

import asyncio
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.domain.closing import CloseCode
from chat.domain.cursors import Position
from chat.domain.errors import Unavailable
from chat.realtime import room as rooms
from chat.realtime.connection import Following
from chat.realtime.feed import PAGE_EVENTS, RING
from chat.realtime.room import LiveRoom
from tests.realtime.fakes import EPOCH, FakeFlow, FakeLog, created, edited, encoded, left, settle, socket, until


class Room:
    """A live room on a fake log, and ways to let things happen in it."""

    def __init__(self, head: int = 0) -> None:
        self.log = FakeLog()
        self.log.say(head)
        self.live = LiveRoom("room", Position(EPOCH, 1, head), self.log)

    def enter(self, number=1, **options):
        """A live socket at the newest event."""
        return self.follow(number, self.live.feed.sent, live=True, **options)

    def follow(self, number, cursor, *, live=False, broken=False):
        """A socket at this cursor."""
        new = socket(number, cursor=cursor)
        new.broken = broken
        new.rooms["room"] = self.live.members[new] = Following(cursor=cursor, live=live)
        return new

    def catch_up(self, number, cursor, upto=None):
        """A socket that catches up to `upto` and says so."""
        new = self.follow(number, cursor)
        upto = self.log.head if upto is None else upto
        self.live.catch_up(new, self.live.members[new], announce=True, upto=upto)
        return new

    def hint(self, *events):
        """Somebody commits and this worker hears of it."""
        self.log.write(*events)
        self.live.take(events[0].seq - 1, encoded(*events))

    def say(self, count=1):
        """Messages are committed one by one and heard of."""
        for event in [created(self.log.head + number) for number in range(1, count + 1)]:
            self.hint(event)


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
    room.log.say(2 * rooms.LOG_PAGE + 1)
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


async def test_a_socket_that_fails_while_it_catches_up_is_closed():
    room = Room(head=5)
    broken = room.follow(1, 0, broken=True)
    room.live.catch_up(broken, room.live.members[broken])
    await until(lambda: broken.code == CloseCode.OVERLOADED)


async def test_a_closing_socket_gets_nothing():
    room = Room()
    member = room.enter()
    member.disconnect(CloseCode.SIGNED_OUT)
    room.say(1)
    assert member.events == []


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
    assert max(count for count, _ in slow.pages) * 5000 <= rooms.SLOW_PAGE_BYTES
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
    room.live.catch_up(mover, room.live.members[mover], announce=True, upto=1)
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


# --- catching up -----------------------------------------------------------------------------------------------------


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


async def test_of_a_crowd_that_catches_up_only_a_few_are_served_before_others_have_their_turn():
    room = Room()
    other = room.enter(100)
    room.say(3)
    await until(lambda: other.cursor == 3)
    crowd = [room.catch_up(number, 0) for number in range(50)]
    served = [0]
    while served[-1] < len(crowd):
        await asyncio.sleep(0)
        served.append(sum(bool(member.events) for member in crowd))
        assert served[-1] - served[-2] <= rooms.PAGES_PER_TURN
    assert all(member.events == [1, 2, 3] for member in crowd)


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
    assert set(room.log.limits[1:]) == {rooms.FEWEST_READ}


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
    await until(lambda: member.cursor == other.cursor == room.log.head)
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
        room.live.catch_up(member, again, announce=True, upto=room.log.head)

    room.log.at_read[2] = come_back
    room.live.catch_up(member, room.live.members[member], announce=True, upto=room.log.head)
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


async def test_a_text_edited_before_it_went_out_is_never_shown_and_nobody_misses_an_event():
    room = Room()
    members = [room.enter(number) for number in range(3)]
    room.say(1)
    room.log.write(created(2, "after"), edited(3, 2, "after"), created(4))
    room.live.take(1, encoded(created(2, "before"), edited(3, 2, "after"), created(4)))
    await until(lambda: all(member.cursor == 4 for member in members))
    assert all(member.events == [1, 2, 3, 4] for member in members)
    assert all("before" not in member.bodies for member in members)


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

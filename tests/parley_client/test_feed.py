"""The logs of rooms: once, in order, and no more held than fits."""

import asyncio

import pytest

from parley_client import feed as module
from parley_client.errors import Refused
from parley_client.feed import Feed, FollowedAnew, Following, Gap
from parley_client.frames import Error, ErrorBody, Events, Live, Lost
from parley_client.shapes import Cursor
from tests.parley_client.fakes import event, settle

ROOM = "general"
HERE = Cursor(10, "e1")


class Bench:
    """A feed with one room behind event 10."""

    def __init__(self, cursor=HERE, **options):
        self.asked = []
        self.feed = Feed(on_behind=lambda: self.asked.append([each.room for each in self.feed.to_ask()]))
        self.following = Following(ROOM, cursor, **options)
        self.feed.follow(self.following)

    def take(self, after, *seqs, epoch="e1"):
        return self.feed.take_events(Events(ROOM, after, [event(seq) for seq in seqs], epoch))

    async def given(self, count):
        return [await self.following.next() for _ in range(count)]


async def test_events_come_once_and_in_order_however_frames_overlap():
    bench = Bench()
    assert bench.take(10, 11, 12)
    assert bench.take(11, 12, 13)
    assert not bench.take(9, 10, 11, 12)
    assert [item.seq for item in await bench.given(3)] == [11, 12, 13]


async def test_a_reader_is_told_when_something_comes():
    bench = Bench()
    waiting = asyncio.ensure_future(bench.following.next())
    await settle()
    bench.take(10, 11)
    assert (await waiting).seq == 11


async def test_behind_what_was_read_the_reader_can_resume_and_not_behind_what_has_arrived():
    bench = Bench()
    bench.take(10, 11, 12, 13)
    await bench.given(2)
    assert (bench.following.read, bench.following.cursor) == (Cursor(12, "e1"), Cursor(13, "e1"))


async def test_from_the_head_the_cursor_is_where_it_becomes_live():
    bench = Bench(None)
    bench.feed.take_live(Live(ROOM, 7, "e1"))
    assert bench.following.cursor == bench.following.read == Cursor(7, "e1")


async def test_from_the_head_events_may_come_before_live():
    bench = Bench(None)
    bench.take(7, 8, epoch="e1")
    bench.feed.take_live(Live(ROOM, 8, "e1"))
    assert [item.seq for item in await bench.given(1)] == [8]
    assert bench.following.cursor == Cursor(8, "e1")


async def test_from_the_beginning_the_epoch_is_learnt():
    bench = Bench(Cursor(0))
    bench.take(0, 1, epoch="e1")
    assert bench.following.cursor == Cursor(1, "e1")
    empty = Bench(Cursor(0))
    empty.feed.take_live(Live(ROOM, 0, "e1"))
    assert empty.following.cursor == Cursor(0, "e1")


async def test_live_ahead_of_the_cursor_is_a_hole():
    bench = Bench()
    bench.feed.take_live(Live(ROOM, 12, "e1"))
    assert bench.asked == [[ROOM], [ROOM]]
    assert not bench.feed.all_live


@pytest.mark.parametrize("reason", ["limited", "epoch", "ahead", "trimmed"])
async def test_what_is_lost_for_good_is_a_gap_between_what_was_and_what_comes(reason):
    bench = Bench()
    bench.take(10, 11)
    bench.feed.take_lost(Lost(ROOM, 5, "e2", reason))
    bench.take(5, 6, epoch="e2")
    before, gap, behind = await bench.given(3)
    assert (before.seq, gap, behind.seq) == (11, Gap(5, "e2", reason), 6)
    assert bench.following.cursor == Cursor(6, "e2")
    assert bench.feed.all_live


async def test_what_happens_before_a_room_is_live_is_left_to_its_snapshot():
    bench = Bench(None, snapshot=True)
    assert not bench.take(10, 11)
    bench.feed.take_live(Live(ROOM, 11, "e1"))
    assert await bench.given(1) == [Gap(11, "e1", "start")]


async def test_a_snapshot_is_a_gap_at_the_start_and_only_there():
    bench = Bench(None, snapshot=True)
    bench.feed.take_live(Live(ROOM, 7, "e1"))
    bench.feed.ask_again([ROOM])
    bench.feed.take_live(Live(ROOM, 7, "e1"))
    bench.take(7, 8)
    first, second = await bench.given(2)
    assert (first, second.seq) == (Gap(7, "e1", "start"), 8)


async def test_a_slow_reader_is_served_from_the_log_when_it_has_come_so_far(monkeypatch):
    monkeypatch.setattr(module, "HELD", 3)
    bench = Bench()
    bench.feed.take_live(Live(ROOM, 10, "e1"))
    bench.take(10, 11, 12, 13)
    drained = asyncio.ensure_future(bench.following.drained())
    assert not bench.take(13, 14)
    assert bench.feed.behind(module.Ping({ROOM: 14})) == []
    await bench.given(2)
    assert bench.asked == [[ROOM]] and not drained.done()
    await bench.given(1)
    await drained
    assert bench.asked == [[ROOM], [ROOM]]
    assert bench.take(13, 14)


async def test_a_final_refusal_reaches_the_reader_behind_what_came_before():
    bench = Bench()
    bench.take(10, 11)
    assert not bench.feed.refuse(Error(ErrorBody("not_found", "No."), ROOM))
    assert [item.seq for item in await bench.given(1)] == [11]
    with pytest.raises(Refused, match="not_found"):
        await bench.following.next()
    assert bench.feed.all_live


async def test_followed_anew_the_first_reader_is_told_and_does_not_end_the_second():
    bench = Bench()
    second = Following(ROOM, Cursor(3, "e1"))
    bench.feed.follow(second)
    with pytest.raises(FollowedAnew):
        await bench.following.next()
    assert not bench.feed.leave(bench.following)
    bench.take(3, 4)
    assert (await second.next()).seq == 4
    assert bench.feed.leave(second)


async def test_what_is_said_of_a_room_nobody_follows_is_not_heard():
    bench = Bench()
    bench.feed.leave(bench.following)
    assert not bench.take(10, 11)
    bench.feed.take_live(Live(ROOM, 10, "e1"))
    bench.feed.take_lost(Lost(ROOM, 10, "e1"))
    assert not bench.feed.refuse(Error(ErrorBody("unavailable", "Away."), ROOM))
    bench.feed.ask_again([ROOM])
    assert bench.asked == [[ROOM]]

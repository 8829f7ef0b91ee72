"""The session goes by the table: with links and a clock in the hands of the test."""

import asyncio

import pytest

from parley_client.errors import Closed, Refused
from parley_client.feed import Following
from parley_client.frames import Ping, Rooms
from parley_client.links.base import Blocked, Ended
from parley_client.shapes import Cursor
from parley_client.states import Signal, State
from tests.parley_client.fakes import EPOCH, Bench, settle


def follow(bench, room="general", **options):
    following = Following(room, options.pop("after", Cursor(10, EPOCH)), **options)
    bench.session.feed.follow(following)
    return following


async def received(following, count):
    return [(await following.next()).seq for _ in range(count)]


async def test_it_connects_catches_up_and_is_live():
    bench = Bench()
    follow(bench)
    await bench.open()
    bench.link.say_events("general", 10, 11, 12)
    bench.link.say_live("general", 12)
    assert bench.states == [State.CONNECTING, State.CATCHING_UP, State.LIVE]
    assert bench.link.followed == [{"general": Cursor(10, EPOCH)}]


async def test_without_rooms_it_is_live_at_once():
    bench = Bench()
    await bench.open()
    assert bench.session.state is State.LIVE


async def test_a_stranger_authenticates_first():
    bench = Bench()
    follow(bench)
    await bench.start()
    await bench.link.greet(known=False)
    assert bench.link.authenticated == 1
    assert bench.states == [State.CONNECTING, State.AUTHENTICATING, State.CATCHING_UP]
    assert len(bench.link.followed) == 1


async def test_it_comes_back_with_full_jitter_doubling_to_thirty_seconds():
    bench = Bench(random=0.999)
    await bench.start()
    waits = []
    for _ in range(7):
        await bench.link.lose()
        assert bench.session.state is State.WAITING
        waits += bench.clock.pending
        await bench.clock.advance(bench.clock.pending[0])
    assert [round(wait / 0.999) for wait in waits] == [1, 2, 4, 8, 16, 30, 30]
    assert len(bench.links) == 8


async def test_a_hello_does_not_shorten_the_wait_but_an_event_does():
    bench = Bench(random=1.0)
    following = follow(bench)
    waits = []
    for greeted, event in ((False, 0), (True, 0), (True, 11), (True, 0)):
        await (bench.start() if not bench.links else bench.clock.advance(bench.clock.pending[0]))
        if greeted:
            await bench.link.greet()
            bench.link.say_live("general", following.cursor.seq)
        if event:
            bench.link.say_events("general", event - 1, event)
        await bench.link.lose()
        waits += bench.clock.pending
    assert waits == [1.0, 2.0, 1.0, 2.0]


async def test_a_repeated_event_is_no_event():
    bench = Bench(random=1.0)
    follow(bench)
    await bench.start()
    await bench.link.lose()
    await bench.clock.advance(1.0)
    await bench.link.greet()
    bench.link.say_events("general", 9, 10)
    await bench.link.lose()
    assert bench.clock.pending == [2.0]


async def test_it_waits_as_long_as_the_server_says_and_the_jitter_on_top():
    bench = Bench(random=0.5)
    await bench.open()
    await bench.link.lose(4101, retry_after_ms=3000)
    assert bench.clock.pending == [3.5]


async def test_it_resumes_behind_what_has_arrived():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    bench.link.say_events("general", 10, 11, 12)
    await bench.link.lose()
    await bench.clock.advance(1)
    await bench.link.greet()
    assert bench.link.followed == [{"general": Cursor(12, EPOCH)}]
    bench.link.say_events("general", 11, 12, 13)
    assert await received(following, 3) == [11, 12, 13]


async def test_what_an_old_connection_says_late_is_not_heard():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    await bench.link.lose()
    bench.links[0].say_events("general", 10, 11)
    assert following.cursor == Cursor(10, EPOCH)


@pytest.mark.parametrize("code", [4001, 4002, 4003, 4010, 4013, 4014])
async def test_told_to_stay_away_it_stays_away_and_says_why(code):
    bench = Bench()
    following = follow(bench)
    await bench.open()
    await bench.link.lose(code)
    assert bench.session.state is State.CLOSED
    assert bench.clock.pending == []
    for waiting in (following.next(), bench.session.link()):
        with pytest.raises(Closed) as closed:
            await waiting
        assert closed.value.code == code


async def test_who_comes_after_the_end_is_told_so():
    bench = Bench()
    await bench.open()
    await bench.link.lose(4014)
    with pytest.raises(Closed):
        await follow(bench).next()


async def test_expired_credentials_are_renewed_once_and_at_once():
    tokens = iter(["first", "second"])

    async def fetch():
        return next(tokens)

    bench = Bench(token=fetch)
    assert await bench.credentials.token() == "first"
    await bench.open()
    await bench.link.lose(4201)
    assert (bench.session.state, len(bench.links), bench.clock.pending) == (State.CONNECTING, 2, [])
    assert await bench.credentials.token() == "second"
    await bench.link.lose(4201)
    assert bench.session.state is State.CLOSED


async def test_after_an_event_credentials_may_be_renewed_again():
    bench = Bench()
    follow(bench)
    await bench.open()
    for seq in (11, 12):
        await bench.link.lose(4201)
        await bench.link.greet()
        bench.link.say_events("general", seq - 1, seq)
    await bench.link.lose(4201)
    assert bench.session.state is State.CONNECTING


async def test_a_blocked_way_leads_to_the_next_at_once():
    bench = Bench(ways=3)
    await bench.start()
    await bench.link.fail(Blocked("403", certain=True))
    await bench.link.greet()
    await bench.link.fail(Blocked("held back", certain=True))
    assert [link.way for link in bench.links] == [0, 1, 2]
    assert bench.session.state is State.CONNECTING


async def test_a_doubtful_way_is_tried_again_first():
    bench = Bench(ways=2)
    await bench.start()
    await bench.link.fail(Blocked("silence", certain=False))
    assert bench.session.state is State.WAITING
    await bench.clock.advance(1)
    await bench.link.fail(Blocked("silence", certain=False))
    assert [link.way for link in bench.links] == [0, 0, 1]


async def test_below_the_last_way_it_waits_and_tries_the_best_again():
    bench = Bench(ways=2)
    await bench.start()
    for _ in range(2):
        await bench.link.fail(Blocked("403", certain=True))
    assert bench.session.state is State.WAITING
    await bench.clock.advance(1)
    assert [link.way for link in bench.links] == [0, 1, 0]


async def test_a_lower_way_returns_to_the_best_when_a_trial_succeeds():
    bench = Bench(ways=2, climb_seconds=0)
    follow(bench)
    await bench.start()
    await bench.link.fail(Blocked("403", certain=True))
    stream = bench.link
    await stream.greet()
    trials = [bench.link]
    await trials[0].fail(Blocked("403", certain=True))
    trials.append(bench.link)
    assert trials[0].closed and bench.session.state is State.CATCHING_UP
    await trials[1].greet()
    assert stream.closed and trials[1].closed
    assert [link.way for link in bench.links] == [0, 1, 0, 0, 0]
    assert bench.session.state is State.CONNECTING


async def test_a_head_that_stays_ahead_for_two_seconds_is_asked_for():
    bench = Bench()
    follow(bench)
    follow(bench, "quiet")
    await bench.open()
    for room in ("general", "quiet"):
        bench.link.say_live(room, 10)
    bench.link.hear(Ping({"general": 12, "quiet": 10}))
    await bench.clock.advance(1.9)
    assert len(bench.link.followed) == 1
    await bench.clock.advance(0.2)
    assert bench.link.followed[1:] == [{"general": Cursor(10, EPOCH)}]
    assert bench.session.state is State.CATCHING_UP


async def test_a_head_that_is_reached_in_time_is_not_asked_for():
    bench = Bench()
    follow(bench)
    await bench.open()
    bench.link.say_live("general", 10)
    bench.link.hear(Ping({"general": 11}))
    bench.link.say_events("general", 10, 11)
    await bench.clock.advance(2)
    assert len(bench.link.followed) == 1


async def test_a_hole_is_asked_for_at_once():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    bench.link.say_live("general", 10)
    bench.link.say_events("general", 12, 13)
    assert bench.link.followed[1:] == [{"general": Cursor(10, EPOCH)}]
    assert following.cursor == Cursor(10, EPOCH)


async def test_when_the_list_of_rooms_changes_every_room_is_asked_for_again():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    bench.link.say_live("general", 10)
    bench.link.hear(Rooms())
    assert bench.link.followed[1:] == [{"general": Cursor(10, EPOCH)}]
    bench.link.refuse("general", "not_found")
    with pytest.raises(Refused, match="not_found"):
        await following.next()
    assert bench.session.state is State.LIVE


async def test_a_room_that_may_be_followed_later_is_tried_later():
    bench = Bench()
    follow(bench)
    await bench.open()
    bench.link.refuse("general", "overloaded")
    assert len(bench.link.followed) == 1
    await bench.clock.advance(2)
    assert len(bench.link.followed) == 2


async def test_a_room_followed_later_is_asked_for_alone():
    bench = Bench()
    follow(bench)
    await bench.open()
    bench.link.say_live("general", 10)
    follow(bench, "random", after=None)
    assert bench.link.followed[1:] == [{"random": None}]
    bench.link.say_live("random", 3)
    assert bench.states[-2:] == [State.CATCHING_UP, State.LIVE]


async def test_a_reader_who_leaves_ends_the_room():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    bench.session.leave(following)
    assert bench.link.left == ["general"]
    assert bench.session.state is State.LIVE


async def test_offline_nothing_is_tried_until_the_network_is_back():
    bench = Bench()
    await bench.start()
    await bench.link.lose()
    bench.session.happen(Signal.NETWORK_GONE)
    assert (bench.session.state, bench.clock.pending) == (State.OFFLINE, [])
    bench.session.happen(Signal.NETWORK_BACK)
    await settle()
    assert (bench.session.state, len(bench.links)) == (State.CONNECTING, 2)


async def test_when_the_machine_wakes_a_connection_that_looks_alive_is_replaced():
    bench = Bench()
    follow(bench)
    await bench.open()
    bench.session.happen(Signal.NETWORK_BACK)
    await settle()
    assert bench.links[0].closed
    assert (bench.session.state, len(bench.links)) == (State.CONNECTING, 2)


async def test_a_fault_of_our_own_is_a_lost_connection():
    bench = Bench()
    await bench.open()
    await bench.link.fail(RuntimeError("a mistake"))
    assert bench.session.state is State.WAITING
    assert "a mistake" in bench.session.reason


async def test_stopped_it_leaves_everything():
    bench = Bench()
    following = follow(bench)
    await bench.open()
    await bench.session.stop()
    assert bench.link.closed
    for waiting in (following.next(), bench.session.link()):
        with pytest.raises(Closed, match="1000"):
            await waiting
    await bench.start()
    assert len(bench.links) == 1


async def test_a_connection_may_be_used_only_between_hello_and_its_end():
    bench = Bench()
    await bench.start()
    wanted = asyncio.ensure_future(bench.session.link())
    await bench.link.lose()
    await bench.clock.advance(1)
    await settle()
    assert not wanted.done()
    await bench.link.greet()
    assert await wanted is bench.links[1]


async def test_stopped_while_waiting_it_does_not_come_back_and_blames_no_connection():
    bench = Bench()
    following = follow(bench)
    await bench.start()
    await bench.link.fail(Ended())
    await bench.session.stop()
    with pytest.raises(Closed, match="1000"):
        await following.next()
    assert (bench.session.state, bench.clock.pending) == (State.CLOSED, [])

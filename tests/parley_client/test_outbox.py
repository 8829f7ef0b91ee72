"""What is sent: in order, until the server has it, under one name."""

import asyncio

import pytest

from parley_client.errors import Refused, Unreachable
from parley_client.outbox import Draft, Outbox
from tests.parley_client.fakes import FakeLink, message, settle


class Bench:
    """An outbox on one link; sleeps are noted and not slept."""

    def __init__(self):
        self.slept = []
        self.link = FakeLink(lambda frame: None)
        self.outbox = Outbox(self.find_link, draw=lambda: 0.5, sleep=self.sleep)

    async def find_link(self):
        return self.link

    async def sleep(self, seconds):
        self.slept.append(seconds)

    async def send(self, body, room="general"):
        sent = asyncio.ensure_future(self.outbox.send(room, Draft(body)))
        await settle()
        return sent

    async def answer(self, place, outcome):
        draft, answer = self.link.posted[place]
        (answer.set_exception if isinstance(outcome, Exception) else answer.set_result)(outcome)
        await settle()
        return draft

    @property
    def bodies(self):
        return [draft.body for draft, _ in self.link.posted]


async def test_a_message_is_answered_as_it_was_stored():
    bench = Bench()
    sent = await bench.send("one")
    await bench.answer(0, message(7))
    assert (await sent).seq == 7


async def test_what_was_sent_and_not_acknowledged_is_sent_again_under_its_name():
    bench = Bench()
    sent = await bench.send("one")
    lost, bench.link = bench.link, FakeLink(lambda frame: None)
    lost.posted[0][1].set_exception(Unreachable("The connection was lost."))
    await settle()
    assert [draft for draft, _ in bench.link.posted] == [draft for draft, _ in lost.posted]
    await bench.answer(0, message(7))
    assert (await sent).seq == 7


async def test_in_one_room_the_order_of_calls_is_kept_also_when_the_first_must_be_repeated():
    bench = Bench()
    sent = [await bench.send(body) for body in ("one", "two", "three")]
    assert bench.bodies == ["one"]
    await bench.answer(0, Refused("rate_limited", "Slowly.", 700))
    assert (bench.bodies, bench.slept) == (["one", "one"], [0.7])
    for place in (1, 2, 3):
        await bench.answer(place, message(place))
    assert bench.bodies == ["one", "one", "two", "three"]
    assert [(await each).seq for each in sent] == [1, 2, 3]


async def test_rooms_do_not_wait_for_each_other():
    bench = Bench()
    sent = [await bench.send("one", "general"), await bench.send("two", "random")]
    assert bench.bodies == ["one", "two"]
    await bench.answer(1, message(1, "random"))
    assert (await sent[1]).room == "random"
    sent[0].cancel()


async def test_a_refusal_reaches_its_writer_and_lets_the_next_go_on():
    bench = Bench()
    first, second = await bench.send("one"), await bench.send("two")
    await bench.answer(0, Refused("muted", "You are muted."))
    with pytest.raises(Refused, match="muted"):
        await first
    await bench.answer(1, message(2))
    assert (await second).seq == 2


async def test_a_message_that_is_given_up_lets_the_next_go_on():
    bench = Bench()
    first, _ = await bench.send("one"), await bench.send("two")
    first.cancel()
    await settle()
    assert bench.bodies == ["one", "two"]


async def test_a_message_held_for_review_has_no_seq_yet():
    bench = Bench()
    sent = await bench.send("one")
    await bench.answer(0, None)
    assert await sent is None


def test_no_two_drafts_have_one_name():
    assert len({Draft("same").client_id for _ in range(1000)}) == 1000

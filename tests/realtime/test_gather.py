"""Gather: a crowd shares a read, but only one that began after the request."""

import asyncio

import pytest

from chat.realtime import gather
from chat.realtime.gather import Gather
from tests.realtime.fakes import settle


class Source:
    """Answers each request by itself and the number of the read; waits for the gate."""

    def __init__(self):
        self.reads = []
        self.gate = asyncio.Event()
        self.failure = None

    async def read(self, key, requests):
        self.reads.append((key, list(requests)))
        number = len(self.reads)
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return [ValueError(request) if request == "bad" else (request, number) for request in requests]


@pytest.fixture
def source():
    return Source()


async def test_who_comes_while_a_read_runs_shares_the_next_one(source):
    asking = Gather(source.read)
    first = asyncio.create_task(asking.ask("room", 1))
    await settle(3)
    crowd = [asyncio.create_task(asking.ask("room", number)) for number in range(2, 5)]
    await settle(3)
    source.gate.set()
    assert await first == (1, 1)
    assert [await each for each in crowd] == [(2, 2), (3, 2), (4, 2)]
    assert source.reads == [("room", [1]), ("room", [2, 3, 4])]


async def test_other_keys_are_read_beside(source):
    asking = Gather(source.read)
    both = [asyncio.create_task(asking.ask(key, 1)) for key in ("a", "b")]
    await settle(3)
    assert [key for key, _ in source.reads] == ["a", "b"]
    source.gate.set()
    await asyncio.gather(*both)


async def test_an_answer_that_is_an_error_is_one_asker_s_alone(source):
    asking = Gather(source.read)
    source.gate.set()
    answers = await asyncio.gather(*(asking.ask("a", each) for each in ("good", "bad")), return_exceptions=True)
    assert answers[0] == ("good", 1)
    assert isinstance(answers[1], ValueError)


async def test_a_read_that_fails_fails_its_askers_and_not_the_next(source):
    asking = Gather(source.read)
    source.gate.set()
    source.failure = RuntimeError("away")
    with pytest.raises(RuntimeError, match="away"):
        await asking.ask("a", 1)
    source.failure = None
    assert await asking.ask("a", 2) == (2, 2)


async def test_an_asker_who_left_keeps_nobody_waiting(source):
    asking = Gather(source.read)
    left, stays = (asyncio.create_task(asking.ask("a", number)) for number in (1, 2))
    await settle(3)
    left.cancel()
    source.gate.set()
    assert await stays == (2, 1)


async def test_one_read_takes_no_more_than_the_most(source, monkeypatch):
    monkeypatch.setattr(gather, "MOST", 2)
    asking = Gather(source.read)
    source.gate.set()
    await asyncio.gather(*(asking.ask("a", number) for number in range(5)))
    assert [len(requests) for _, requests in source.reads] == [2, 2, 1]


async def test_a_crowd_is_answered_little_by_little_and_all_of_it(source):
    asking = Gather(source.read)
    crowd = [asyncio.create_task(asking.ask("room", number)) for number in range(gather.AT_ONCE * 2 + 1)]
    await settle(3)
    source.gate.set()
    answered = [0]
    while answered[-1] < len(crowd):
        await asyncio.sleep(0)
        answered.append(sum(each.done() for each in crowd))
        assert answered[-1] - answered[-2] <= gather.AT_ONCE
    assert [each.result() for each in crowd] == [(number, 1) for number in range(len(crowd))]

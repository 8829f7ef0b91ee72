"""Turns: one at a time, in the order of asking, and pauses in which others come to their work."""

import asyncio
from types import SimpleNamespace

import pytest

from chat.realtime import turns
from chat.realtime.turns import Turns
from tests.patience import PATIENCE


class Clock:
    """A clock that goes on by what is worked and slept."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    new = Clock()
    monkeypatch.setattr(turns, "REST", 2)
    monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: new.now))
    monkeypatch.setattr(turns, "asyncio", SimpleNamespace(Lock=asyncio.Lock, sleep=new.sleep))
    return new


async def test_turns_are_given_one_at_a_time_in_the_order_of_asking():
    given, log = Turns(), []

    async def work(number):
        async with given:
            log.append(number)
            await asyncio.sleep(0)
            log.append(number)

    await asyncio.gather(*(work(number) for number in range(5)))
    assert log == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


async def test_after_work_for_so_long_comes_a_rest_for_a_multiple_of_it(clock):
    given = Turns()
    for _ in range(5):
        async with given:
            clock.now += turns.BUSY_SECONDS * 0.75
    rest = 1.5 * turns.BUSY_SECONDS * turns.REST
    assert clock.slept == pytest.approx([0, 0, rest, 0, rest])


async def test_who_comes_after_the_rest_waits_no_longer(clock):
    given = Turns()
    async with given:
        clock.now += turns.BUSY_SECONDS
    clock.now += 1
    async with given:
        pass
    assert clock.slept == [0, 0]


async def test_a_turn_that_fails_or_is_given_up_is_the_next_ones():
    given = Turns()
    with pytest.raises(ZeroDivisionError):
        async with given:
            raise ZeroDivisionError
    for passes in (1, 3):  # While it waits for the end of the rest, and while it works.
        holder = asyncio.create_task(_hold(given))
        for _ in range(passes):
            await asyncio.sleep(0)
        holder.cancel()
        await asyncio.wait([holder])
    async with asyncio.timeout(PATIENCE), given:
        pass


async def _hold(given):
    async with given:
        await asyncio.Event().wait()

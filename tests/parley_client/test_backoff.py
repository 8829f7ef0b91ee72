"""How long to wait, and what is repeated."""

import pytest

from parley_client.backoff import Backoff, persist
from parley_client.errors import Refused, Unreachable


def test_the_ceiling_is_a_second_and_doubles_to_thirty():
    backoff = Backoff(lambda: 0.999)
    assert [round(backoff.next() / 0.999) for _ in range(8)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_the_jitter_is_full():
    assert Backoff(lambda: 0.0).next() == 0.0


def test_it_begins_anew_when_told():
    backoff = Backoff(lambda: 1.0)
    backoff.next(), backoff.next()
    backoff.reset()
    assert backoff.next() == 1.0


def test_a_thousand_attempts_later_it_still_waits_thirty_seconds_at_most():
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next() for _ in range(2000)][-1] == 30.0


class Answers:
    """An attempt with prepared outcomes, and a sleep that is not slept."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.slept = []

    async def __call__(self):
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def sleep(self, seconds):
        self.slept.append(seconds)


async def test_what_may_succeed_later_is_repeated_when_the_server_says():
    attempt = Answers(Refused("rate_limited", "Slowly.", 700), Refused("overloaded", "Busy.", 1500), "done")
    assert await persist(attempt, Backoff(lambda: 0.5), attempt.sleep) == "done"
    assert attempt.slept == [0.7, 1.5]


async def test_without_a_word_from_the_server_the_wait_grows():
    attempt = Answers(Unreachable("Gone."), Unreachable("Gone."), Refused("unavailable", "Away."), "done")
    assert await persist(attempt, Backoff(lambda: 1.0), attempt.sleep) == "done"
    assert attempt.slept == [1.0, 2.0, 4.0]


async def test_a_final_refusal_is_not_repeated():
    attempt = Answers(Refused("slow_mode", "Slow.", 700), "never")
    with pytest.raises(Refused, match="slow_mode"):
        await persist(attempt, Backoff(), attempt.sleep)
    assert attempt.slept == []

from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.limits import Bucket, Meter, parse_rate, take

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def spend(bucket, *, seconds=0.0, burst=3, per_second=1.0):
    return take(bucket, now=NOON + timedelta(seconds=seconds), burst=burst, per_second=per_second)


def test_a_full_bucket_grants_its_burst_and_then_says_how_long_to_wait():
    bucket, waits = Bucket(3, NOON), []
    for _ in range(4):
        bucket, wait_ms = spend(bucket)
        waits.append(wait_ms)
    assert waits == [0, 0, 0, 1000]


def test_waiting_as_long_as_was_said_is_enough():
    bucket, wait_ms = spend(Bucket(0.3, NOON), per_second=0.7)
    assert wait_ms == 1000
    assert spend(bucket, seconds=wait_ms / 1000, per_second=0.7)[1] == 0


def test_a_refusal_costs_nothing():
    bucket, _ = spend(Bucket(0.5, NOON))
    assert bucket == Bucket(0.5, NOON)


def test_a_long_silence_refills_no_more_than_the_burst():
    bucket, _ = spend(Bucket(0, NOON), seconds=1_000_000)
    assert bucket.tokens == 2


def test_a_lowered_burst_holds_at_once():
    bucket, _ = spend(Bucket(1_000_000, NOON))
    assert bucket.tokens == 2


def test_a_clock_that_went_back_refills_nothing_and_takes_nothing_away():
    bucket, wait_ms = spend(Bucket(2, NOON), seconds=-3600)
    assert wait_ms == 0
    assert bucket.tokens == 1
    assert spend(bucket, seconds=-3599)[0].tokens == 1, "it refills from where the clock now stands"


def test_a_clock_that_was_set_back_far_holds_nobody_until_it_has_caught_up():
    assert spend(Bucket(0.3, NOON), seconds=-2)[1] == 700
    bucket, wait_ms = spend(Bucket(0.3, NOON), seconds=-3600)
    assert wait_ms == 0
    assert [spend(bucket, seconds=seconds)[1] for seconds in (-3600, -3599)] == [1000, 0]


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=60),
    st.integers(1, 20),
    st.floats(0.1, 10),
)
def test_no_stretch_of_time_grants_more_than_the_burst_and_what_refills_in_it(gaps, burst, per_second):
    bucket, now, granted = Bucket(burst, NOON), 0.0, []
    for gap in gaps:
        now += gap
        bucket, wait_ms = spend(bucket, seconds=now, burst=burst, per_second=per_second)
        if wait_ms == 0:
            granted.append(now)
        assert 0 <= bucket.tokens <= burst
    for first, last in combinations_with_replacement(range(len(granted)), 2):
        assert last - first + 1 <= burst + (granted[last] - granted[first]) * per_second + 1e-3


def test_a_meter_grants_its_burst_and_then_as_fast_as_it_refills():
    meter = Meter(burst=2, per_second=4)
    assert [meter.take(now) for now in (100.0, 100.0, 100.0)] == [0.0, 0.0, 0.25]
    assert [meter.take(now) for now in (100.25, 100.25)] == [0.0, 0.25]


def test_a_meter_that_rested_has_no_more_than_its_burst():
    meter = Meter(burst=2, per_second=4)
    meter.take(0.0)
    assert [meter.take(now) > 0 for now in (1000.0,) * 3] == [False, False, True]


@pytest.mark.parametrize(
    ("text", "rate"), [("1/sec", (1, 1)), ("60/min", (60, 60)), ("3/hour", (3, 3600)), ("5/day", (5, 86400))]
)
def test_a_rate_is_so_many_in_a_stretch(text, rate):
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "60", "60/", "sixty/min", "60/month", "/min"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises((ValueError, KeyError)):
        parse_rate(text)

"""How much is let through: token buckets, for sends, sockets and connects; and rates, so many in a stretch of time."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

SLOWEST = 6 * 3600
"""The longest slow mode of a room, in seconds."""


class Bucket(NamedTuple):
    """What is left to spend, as of `at`."""

    tokens: float
    at: datetime


def take(bucket: Bucket, *, now: datetime, burst: int, per_second: float) -> tuple[Bucket, int]:
    """Spends one token; returns the bucket and how many milliseconds to wait, 0 when it was granted.

    A clock that went back refills nothing and takes nothing away. Where it went back further than a bucket takes to
    fill, one token is granted, because nobody knows how long they have waited.
    """
    refilled = (now - bucket.at) / timedelta(seconds=1) * per_second
    tokens = min(burst, bucket.tokens + max(refilled, 0.0))
    if refilled < -burst:
        tokens = max(tokens, 1.0)
    if tokens >= 1:
        return Bucket(tokens - 1, now), 0
    return Bucket(tokens, now), ceil((1 - tokens) / per_second * 1000)


def milliseconds(since: datetime | None, now: datetime) -> int | None:
    """How long ago something was, None if it never was."""
    return None if since is None else int((now - since) / timedelta(milliseconds=1))


def remaining_ms(since: datetime, seconds: float, now: datetime) -> int:
    """How long it takes until so many seconds have passed since then, 0 when they have."""
    return max(ceil((since + timedelta(seconds=seconds) - now) / timedelta(milliseconds=1)), 0)


class Rate(NamedTuple):
    """At most so many in each stretch of `seconds`."""

    most: int
    seconds: int


SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}


def parse_rate(text: str) -> Rate:
    """Reads `60/min`. Raises ValueError, KeyError."""
    most, _, stretch = text.partition("/")
    return Rate(int(most), SECONDS[stretch])


class Meter:
    """A token bucket of this process, on a clock of seconds that does not go back."""

    def __init__(self, *, burst: float, per_second: float) -> None:
        self._burst, self._per_second = burst, per_second
        self._tokens = burst
        self._at: float | None = None

    def take(self, now: float) -> float:
        """Spends one token; returns how many seconds to wait, 0 when it was granted."""
        if self._at is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second

"""The token bucket behind the send limit."""

from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple


class Bucket(NamedTuple):
    """What is left to spend, as of `at`."""

    tokens: float
    at: datetime


def take(bucket: Bucket, *, now: datetime, burst: int, per_second: float) -> tuple[Bucket, int]:
    """Spends one token; returns the bucket and how many milliseconds to wait, 0 when it was granted.

    A clock that went back refills nothing and takes nothing away.
    """
    elapsed = max((now - bucket.at) / timedelta(seconds=1), 0.0)
    tokens = min(burst, bucket.tokens + elapsed * per_second)
    if tokens >= 1:
        return Bucket(tokens - 1, now), 0
    return Bucket(tokens, now), ceil((1 - tokens) / per_second * 1000)

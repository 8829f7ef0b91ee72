"""Limits that all workers share: so many acts of one kind by one person or from one address in a stretch of time."""

import hashlib
import logging
import time
from typing import Literal

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from chat.conf import conf
from chat.domain.addresses import network_of
from chat.domain.errors import RateLimited
from chat.domain.limits import parse_rate

logger = logging.getLogger(__name__)

clock = time.time
_of_this_process = LocMemCache("limits", {})

Limit = Literal[
    "PASSWORDS_PER_ADDRESS",
    "PASSWORDS_PER_NAME",
    "SIGN_UPS_PER_ADDRESS",
    "TOKENS_PER_PERSON",
    "TICKETS_PER_PERSON",
    "CODES_PER_PERSON",
    "EXPORTS_PER_PERSON",
    "MAILS_PER_ADDRESS",
    "MAILS_PER_RECIPIENT",
    "SEARCHES_PER_PERSON",
    "REPORTS_PER_PERSON",
    "NAMES_PER_PERSON",
]
"""Settings of the chat, each a rate such as `60/min`."""


def spend(limit: Limit, *who: object) -> None:
    """Counts one act of `who`. Raises RateLimited once there were too many in this stretch of time.

    Counted atomically and over all workers; while the shared counter is away, each worker counts for itself.
    """
    rate = parse_rate(getattr(conf(), limit))
    stretch, elapsed = divmod(clock(), rate.seconds)
    whom = hashlib.sha256("\n".join(map(str, who)).encode(errors="replace")).hexdigest()
    if _count(f"limit_{limit}_{whom}_{int(stretch)}", rate.seconds) > rate.most:
        raise RateLimited(retry_after_ms=int((rate.seconds - elapsed) * 1000) + 1)


def spend_by_address(limit: Limit, address: str, *more: object) -> None:
    """Counts one act from `address`, with `more` apart from its others. Raises RateLimited."""
    spend(limit, network_of(address), *more)


def _count(key: str, seconds: int) -> int:
    try:
        return _increment(cache, key, seconds)
    except Exception:  # Whatever the cache's library raises when its server is gone.
        logger.warning("The shared cache is away; this worker counts alone", exc_info=True)
        return _increment(_of_this_process, key, seconds)


def _increment(counters: BaseCache, key: str, seconds: int) -> int:
    counters.add(key, 0, seconds)
    return counters.incr(key)

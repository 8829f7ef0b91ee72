"""How often a password may be tried: per address, and per address and name.

Nobody can lock another person out: the counter of a name belongs to the address that guesses.
"""

import hashlib
import logging
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

logger = logging.getLogger(__name__)

_of_this_process = LocMemCache("throttles", {})


class AddressThrottle(SimpleRateThrottle):
    """So many attempts of one address in each stretch of time, counted atomically and over all workers.

    While the shared counter is away, each worker counts for itself.
    """

    scope = "password-of-address"
    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: object) -> bool:
        stretch, elapsed = divmod(self.timer(), self.duration)
        self.left = self.duration - elapsed
        return self._count(f"{self.get_cache_key(request, view)}_{int(stretch)}") <= self.num_requests

    def wait(self) -> float:
        return self.left

    def get_cache_key(self, request: Request, view: object) -> str:
        ident = hashlib.sha256(self.who(request).encode()).hexdigest()
        return self.cache_format % {"scope": self.scope, "ident": ident}

    def who(self, request: Request) -> str:
        """Whom this counts."""
        return _address(request)

    def _count(self, key: str) -> int:
        try:
            return _increment(cache, key, self.duration)
        except Exception:  # Whatever the cache's library raises when its server is gone.
            logger.warning("The shared cache is away; this worker counts alone", exc_info=True)
            return _increment(_of_this_process, key, self.duration)


class NameThrottle(AddressThrottle):
    """So many attempts of one address on one name."""

    scope = "password-of-name"

    def __init__(self, username: str) -> None:
        super().__init__()
        self.username = username

    def who(self, request: Request) -> str:
        return f"{_address(request)} {self.username}"


def _address(request: Request) -> str:
    """Where the request comes from. Of IPv6 the network, which is what one household or server has."""
    text = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        # A socket for both families shows IPv4 as one IPv6 network, in which all the world would be one.
        return str(address.ipv4_mapped or ip_network(f"{address}/64", strict=False))
    return text


def _increment(counters: BaseCache, key: str, seconds: int) -> int:
    counters.add(key, 0, seconds)
    return counters.incr(key)

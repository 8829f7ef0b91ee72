"""Several servers of one installation behind a balancer, as on several machines: whatever one is asked, any answers."""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import psutil

from tests.balancer import Balancer
from tests.servers.chat import ChatServer

T = TypeVar("T")


class Fleet(ChatServer):
    """Servers of one worker each, which are asked as one; its address is the balancer's."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 4,
        database_url: str = "",
        redis_url: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        key = {"SECRET_KEY": secrets.token_hex(32)}
        given = {**key, **(variables or {})}
        super().__init__(folder, workers=workers, database_url=database_url, redis_url=redis_url, variables=given)
        self.servers = [ChatServer(folder / f"{number}", variables=self.variables) for number in range(workers)]
        self.balancer = Balancer()

    @property
    def running(self) -> bool:
        return any(server.running for server in self.servers)

    def start(self) -> None:
        self.each(ChatServer.start)
        if not self.balancer.port:
            self.balancer.start([server.port for server in self.servers])
        self.port = self.balancer.port
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> int:
        """Asks all to end and waits; the worst of their exit codes."""
        codes = self.each(ChatServer.stop)
        self.balancer.stop()
        return max(codes, key=abs)

    def kill(self) -> None:
        self.each(ChatServer.kill)

    def worker_pids(self) -> list[int]:
        return [server.pid for server in self.servers]

    def kill_worker(self) -> int:
        pid = self.servers[0].pid
        psutil.Process(pid).kill()
        return pid

    def describe(self) -> str:
        return "\n".join(server.describe()[-5000:] for server in self.servers)

    def said(self) -> str:
        """All that was logged."""
        return "".join(server.log.read_text(errors="replace") for server in self.servers)

    def each(self, act: Callable[[ChatServer], T]) -> list[T]:
        """Does something with all of them at once."""
        with ThreadPoolExecutor(len(self.servers)) as threads:
            return list(threads.map(act, self.servers))

"""Several servers of one installation behind a balancer, as on several machines: whatever one is asked, any answers.

With THROUGH=nginx the project's own proxy stands between the balancer and the servers, with THROUGH=tls by https. Who
wants one server alone then comes to it by a proxy that leads nowhere else.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import psutil

from tests.balancer import Balancer
from tests.servers.certificate import shared_certificates
from tests.servers.chat import ChatServer
from tests.servers.nginx import Nginx, find_nginx
from tests.servers.program import unmeasured

T = TypeVar("T")
THROUGH = os.environ.get("THROUGH", "")


class Worker(ChatServer):
    """One server of a fleet; its address is that of the proxy before it, if there is one."""

    proxy: Nginx | None = None
    again = False
    """Whether it does only what another does: it then starts unchecked, as a worker of several, and its lines are not
    counted, which halves what a start costs."""

    def command(self) -> list[str]:
        return [*super().command(), *(["--skip-checks"] if self.again else [])]

    def environment(self) -> dict[str, str]:
        return unmeasured(super().environment()) if self.again else super().environment()

    def put_behind(self, proxy: Nginx) -> None:
        """Starts this proxy before it."""
        proxy.serve([self.port])
        self.proxy, self.url = proxy, proxy.url(proxy.port)

    def answers(self) -> bool:
        answers = super().answers()
        if answers and self.proxy:
            self.url = self.proxy.url(self.proxy.port)
        return answers


class Fleet(ChatServer):
    """Servers of one worker each, which are asked as one; its address is the balancer's."""

    member: type[Worker] = Worker
    """What each of them is."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 4,
        database_url: str = "",
        redis_url: str = "",
        variables: Mapping[str, str] | None = None,
        through: str = THROUGH,
    ) -> None:
        if through:
            find_nginx()  # Missing is raised before anything runs.
        given = {"SECRET_KEY": secrets.token_hex(32), **_behind(through), **(variables or {})}
        super().__init__(folder, workers=workers, database_url=database_url, redis_url=redis_url, variables=given)
        self.servers: list[Worker] = [
            self.member(folder / f"{number}", variables=self.variables) for number in range(workers)
        ]
        for server in self.servers[:-1]:  # The last is the one that no test kills.
            server.again = True
        self.balancer = Balancer()
        self.through = through
        self.nginx: Nginx | None = None

    @property
    def running(self) -> bool:
        return any(server.running for server in self.servers)

    def start(self) -> None:
        self.each(ChatServer.start)
        if not self.balancer.port:
            self.balancer.start(self._front())
        self.port = self.balancer.port
        self.url = self.nginx.url(self.port) if self.nginx else f"http://127.0.0.1:{self.port}"

    def places(self) -> list[Worker]:
        for number, server in enumerate(self.servers if self.through else ()):
            if not server.proxy:
                server.put_behind(self._proxy(f"nginx-{number}"))
        return self.servers

    def stop(self) -> int:
        """Asks all to end and waits; the worst of their exit codes."""
        codes = self.each(ChatServer.stop)
        codes += [proxy.stop() for proxy in (self.nginx, *[server.proxy for server in self.servers]) if proxy]
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

    def _front(self) -> list[int]:
        """Where the balancer sends connections: to each server, or to the proxy before them."""
        ports = [server.port for server in self.servers]
        if not self.through:
            return ports
        self.nginx = self._proxy("nginx")
        self.nginx.serve(ports)
        return [self.nginx.port]

    def _proxy(self, name: str) -> Nginx:
        """The project's proxy, which serves nobody yet."""
        certificates = shared_certificates() if self.through == "tls" else None
        return Nginx(self.folder / name, static=self.data / "static", certificates=certificates)

    def each(self, act: Callable[[ChatServer], T]) -> list[T]:
        """Does something with all of them at once."""
        with ThreadPoolExecutor(len(self.servers)) as threads:
            return list(threads.map(act, self.servers))


def _behind(through: str) -> dict[str, str]:
    """What servers must know of the proxy before them."""
    return {"PARLEY_TRUSTED_PROXIES": "127.0.0.1", "PARLEY_TLS": str(through == "tls")} if through else {}

"""`make cluster`: what docker-compose.yml describes, on this machine and without Docker.

nginx with the same templates, several workers, PostgreSQL and Redis, found or brought as the tests find and bring
them. To try it and to stage a release: everything is thrown away at the end. SIGHUP reloads nginx and renews the
workers one by one; a worker that dies is replaced.
"""

import argparse
import contextlib
import secrets
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.servers.certificate import make_certificate
from tests.servers.chat import ChatServer
from tests.servers.nginx import Nginx
from tests.servers.postgres import shared_postgres
from tests.servers.program import Missing
from tests.servers.redis import RedisServer, shared_redis

LOOK_SECONDS = 0.5


class Cluster:
    """The proxy and its workers, on databases that are there already."""

    def __init__(self, folder: Path, *, options: argparse.Namespace, database_url: str, redis_url: str) -> None:
        certificates = folder / "tls" if options.tls else None
        if certificates:
            make_certificate(certificates)
        variables = {
            "DATABASE_POOL_MAX": "15",
            "PARLEY_TLS": "true" if options.tls else "false",
            "PARLEY_TRUSTED_PROXIES": "127.0.0.1",
        }
        self.installation = ChatServer(folder, database_url=database_url, redis_url=redis_url, variables=variables)
        self.workers = [
            ChatServer(folder / f"{number}", variables=self.installation.variables) for number in range(options.workers)
        ]
        self.nginx = Nginx(
            folder / "nginx",
            static=self.installation.data / "static",
            certificates=certificates,
            http_port=options.port,
            https_port=options.https_port,
        )
        scheme = "https" if options.tls else "http"
        self.url = f"{scheme}://localhost:{self.nginx.port}"
        self._demo = ["--demo"] if options.demo else []
        self._renew = False

    def start(self) -> str:
        """Brings everything up; how to begin."""
        manage = self.installation.manage
        manage("migrate", "--verbosity", "0")
        manage("collectstatic", "--no-input", "--verbosity", "0")
        said = manage("prepare", "--url", self.url, *self._demo)
        with ThreadPoolExecutor(len(self.workers)) as threads:
            list(threads.map(ChatServer.start, self.workers))
        self.nginx.serve([worker.port for worker in self.workers])
        return said

    def keep(self) -> NoReturn:
        """Replaces workers that die, and renews all when asked to, until it is interrupted."""
        while True:
            for worker in self.workers:
                if not worker.running:
                    print(f"The worker on port {worker.port} has ended; another takes its place.", flush=True)
                    worker.start()
            if self._renew:
                self._renew = False
                self.nginx.reload()
                for worker in self.workers:
                    worker.restart()
                print("All workers are renewed.", flush=True)
            time.sleep(LOOK_SECONDS)

    def renew(self, *_: object) -> None:
        """Has the workers renewed at the next look."""
        self._renew = True

    def stop(self) -> None:
        """Ends what runs, the proxy last: it still answers for those who leave."""
        running = [worker for worker in self.workers if worker.running]
        with ThreadPoolExecutor(len(self.workers)) as threads:
            list(threads.map(ChatServer.stop, running))
        if self.nginx.running:
            self.nginx.stop()


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """The URLs of an empty PostgreSQL database and of a Redis. Raises Missing."""
    redis = shared_redis(folder)
    postgres = shared_postgres()
    name = f"parley_cluster_{secrets.token_hex(4)}"
    try:
        yield postgres.create(name), redis.url
    finally:
        postgres.drop(name)
        if isinstance(redis, RedisServer):
            redis.stop()


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of http (%(default)s)")
    parser.add_argument("--https-port", type=int, default=8443, help="of https (%(default)s)")
    parser.add_argument("--tls", action="store_true", help="https with a certificate of its own; http leads there")
    parser.add_argument("--workers", type=int, default=4, help="how many (%(default)s)")
    parser.add_argument("--demo", action="store_true", help="people and rooms to look at")
    return parser.parse_args()


def leave(number: int, frame: FrameType | None) -> NoReturn:
    """Ends the program in order."""
    raise SystemExit(0)


def main() -> None:
    """Runs the cluster until SIGINT or SIGTERM."""
    options = parse()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    folder = Path(tempfile.mkdtemp(prefix="parley-cluster-"))
    try:
        with databases(folder) as (database_url, redis_url):
            cluster = Cluster(folder, options=options, database_url=database_url, redis_url=redis_url)
            signal.signal(signal.SIGHUP, cluster.renew)
            try:
                print(f"{cluster.start()}{options.workers} workers behind nginx; logs in {folder}", flush=True)
                cluster.keep()
            finally:
                cluster.stop()
    except Missing as missing:
        sys.exit(f"This cannot run here: {missing}.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

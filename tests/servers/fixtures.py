"""The servers a test may ask for."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest

from tests.servers.chat import ChatServer
from tests.servers.node import Node
from tests.servers.postgres import Databases, PostgresServer, shared_postgres
from tests.servers.program import PROGRAMS, Missing
from tests.servers.redis import GivenRedis, RedisServer, shared_redis

Server = TypeVar("Server")
StartChat = Callable[..., ChatServer]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer | GivenRedis]:
    """A Redis that many tests share; leave it running."""
    server = _or_skip(lambda: shared_redis(tmp_path_factory.mktemp("redis")))
    yield server
    if isinstance(server, RedisServer):
        server.kill()


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of this test alone, to be killed, frozen and restarted."""
    server = _or_skip(lambda: RedisServer(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this file of tests alone, to be killed, frozen and restarted; leave it running."""
    server = _or_skip(PostgresServer)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def node() -> Node:
    """Node with the packages of `tests/node/`."""
    return _or_skip(Node)


@pytest.fixture(scope="session")
def curl() -> str:
    """The program."""
    found = shutil.which("curl")
    if found is None:
        pytest.skip("NOT TESTED: no curl: install curl")
    return found


@pytest.fixture(scope="session")
def postgres_server() -> Databases:
    """A PostgreSQL that many tests share; make databases on it, leave it running."""
    return _or_skip(shared_postgres)


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[ChatServer], object]) -> ChatServer:
    """An installation to copy from, which `make` has made ready for the first in this run who asked for it."""
    base = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # What lies there belongs to all workers of this run.
    folder = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(ChatServer(folder))
            (folder / "ready").touch()
    return ChatServer(folder)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied."""
    migrated = made_once(tmp_path_factory, "migrated", lambda made: made.manage("migrate", "--verbosity", "0"))
    return migrated.data / "parley.sqlite3"


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres_server: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """Makes migrated, empty PostgreSQL databases; each call gives the URL of a new one."""
    names = [f"parley_{uuid4().hex}"]
    url = postgres_server.create(names[0])
    ChatServer(tmp_path_factory.mktemp("migrated"), database_url=url).manage("migrate", "--verbosity", "0")

    def create() -> str:
        names.append(f"parley_{uuid4().hex}")
        return postgres_server.create(names[-1], template=names[0])

    yield create
    for name in names:
        postgres_server.drop(name)


@pytest.fixture
def chat_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartChat]:
    """Starts servers of the project: `chat_server(workers=4, redis=own_redis, PARLEY_SEND_BURST="1000")`.

    One worker stands on SQLite without Redis unless told otherwise by `database="postgres"` and `redis`; several
    stand on PostgreSQL and the shared Redis. At the end each must leave with exit code 0.
    """
    yield from starting(request, tmp_path_factory, sqlite="migrated_sqlite", postgres="migrated_postgres")


def starting(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory, *, sqlite: str, postgres: str
) -> Iterator[StartChat]:
    """What `chat_server` gives, for a fixture of any scope, on copies of the databases of these two fixtures."""
    servers: list[ChatServer] = []

    def start(
        workers: int = 1,
        database: str = "",
        redis: RedisServer | GivenRedis | None = None,
        kind: type[ChatServer] = ChatServer,
        **variables: str,
    ) -> ChatServer:
        if redis is None and workers > 1:
            redis = request.getfixturevalue("redis_server")
        on_postgres = (database or ("postgres" if workers > 1 else "sqlite")) == "postgres"
        server = kind(
            folders.mktemp("chat"),
            workers=workers,
            database_url=request.getfixturevalue(postgres)() if on_postgres else "",
            redis_url=redis.url if redis else "",
            variables=variables,
        )
        if not on_postgres:
            shutil.copy(request.getfixturevalue(sqlite), server.data)
        servers.append(server)
        request.node.stash.setdefault(PROGRAMS, []).append(server)
        server.start()
        return server

    yield start
    _stop_all(servers)


def _stop_all(servers: list[ChatServer]) -> None:
    codes = {server.url: server.stop() for server in servers if server.running}
    assert not any(codes.values()), f"left with an error: {codes}"


def _or_skip(start: Callable[[], Server]) -> Server:
    try:
        return start()
    except Missing as missing:
        pytest.skip(f"NOT TESTED: {missing}")

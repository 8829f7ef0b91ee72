"""A chat on servers of its own, so that they can be stopped, frozen and killed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client import Client, Refused
from tests.inhabited import FREELY, Chat, settle
from tests.servers.chat import ChatServer
from tests.servers.fleet import Fleet
from tests.servers.postgres import PostgresServer
from tests.servers.redis import GivenRedis, RedisServer


class House:
    """A fleet, its PostgreSQL and its Redis."""

    def __init__(self, chat: Chat, postgres: PostgresServer, redis: RedisServer | GivenRedis) -> None:
        self.chat, self.postgres, self.redis = chat, postgres, redis

    @property
    def fleet(self) -> Fleet:
        assert isinstance(self.chat.server, Fleet)
        return self.chat.server


@contextmanager
def living(
    folder: Path, postgres: PostgresServer, redis: RedisServer | GivenRedis, *, workers: int, **options: str
) -> Iterator[House]:
    """Started and settled; at the end all workers leave with 0. `through` is the Fleet's, the rest are variables."""
    through = options.pop("through", "")
    url = postgres.create("parley")
    installation = ChatServer(folder / "settling", database_url=url)
    installation.manage("migrate", "--verbosity", "0")
    tokens = settle(installation)
    fleet = Fleet(
        folder / "fleet",
        workers=workers,
        database_url=url,
        redis_url=redis.url,
        variables=FREELY | options,
        through=through,
    )
    fleet.start()
    try:
        yield House(Chat(fleet, tokens), postgres, redis)
    finally:
        code = fleet.stop()
    assert code == 0, f"left with {code}\n{fleet.describe()}"


@pytest.fixture(scope="module")
def house(
    own_postgres: PostgresServer, redis_server: RedisServer | GivenRedis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Two workers, with a PostgreSQL that a test may stop, freeze and kill, and must leave running."""
    with living(tmp_path_factory.mktemp("house"), own_postgres, redis_server, workers=2) as found:
        yield found


async def until_said(client: Client, room: str, client_id: str) -> list[str]:
    """Sends the same message until it is taken; what the refusals before said."""
    refusals: list[str] = []
    async with asyncio.timeout(120):
        while True:
            try:
                await client.say(room, client_id, client_id)
            except Refused as refused:
                refusals.append(refused.code)
            else:
                return refusals

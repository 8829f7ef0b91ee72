"""Chats that people live in already: real servers, and everybody's credentials for them."""

import json
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.client import Client, connect
from tests.poller import Poller
from tests.servers.certificate import trust
from tests.servers.chat import ChatServer
from tests.servers.fixtures import StartChat, made_once, starting
from tests.servers.postgres import Databases
from tests.stream import Stream, stream

PEOPLE = ("anna", "ben", "cleo", "dora", "emil", "faye", "gwen", "hugo")
"""Anna administers the installation; all have the same password."""
LEAVER = "zoe"
"""Lives there too, until the test that deactivates her."""
OUTCAST = "yves"
"""Lives there too, until the test that bans him."""
CLOSED = "xena"
"""Lives there too, until the test of sockets that closes her account."""
PASSWORD = "moored-at-quay-7"
SETTLE = f"""
import json
from django.contrib.auth.hashers import make_password
from chat.services.accounts import make_person
from chat.services.tokens import SCOPES, create_token

hashed = make_password({PASSWORD!r})  # Once, for it takes long.
people = {{name: make_person(username=name) for name in {(*PEOPLE, LEAVER, OUTCAST, CLOSED)!r}}}
for person in people.values():
    person.password = hashed
    person.save()
anna = people["anna"]
anna.is_staff = anna.is_superuser = True
anna.save()
print(json.dumps({{
    name: create_token(actor=user, person=user, name="tests", scopes=SCOPES)[1] for name, user in people.items()
}}))
"""
FREELY = {
    "PARLEY_SEND_BURST": "1000000",
    "PARLEY_PASSWORDS_PER_ADDRESS": "1000000/min",
    "PARLEY_PASSWORDS_PER_NAME": "1000000/min",
}

Tokens = dict[str, str]
_numbers = count(1)


@dataclass(frozen=True)
class Chat:
    """A running chat and the token of everyone in it."""

    server: ChatServer
    tokens: Tokens

    def places(self) -> "list[Chat]":
        """The same chat by the address of each of its servers alone."""
        return [replace(self, server=server) for server in self.server.places()]

    async def connect(self, name: str, path: str = "/ws/", **options: Any) -> Client:
        """A socket of this person."""
        return await connect(self.server.ws_url + path, token=self.tokens[name], **options)

    async def spread(self, names: Sequence[str], **options: Any) -> list[Client]:
        """A socket of each, shared out evenly over all workers."""
        room = -(-len(names) // self.server.workers)
        clients: list[Client] = []
        for name in names:
            while True:
                client = await self.connect(name, **options)
                if sum(each.worker == client.worker for each in clients) < room:
                    clients.append(client)
                    break
                await client.close()
        return clients

    def rest(self, name: str) -> httpx.AsyncClient:
        """REST as this person; every request is a connection of its own, so that any worker may get it."""
        return self.http(headers={"authorization": f"Bearer {self.tokens[name]}"})

    def http(self, **options: Any) -> httpx.AsyncClient:
        """HTTP as nobody."""
        one_each = httpx.Limits(max_keepalive_connections=0)
        base_url = f"{self.server.url}/api/v1/"
        return httpx.AsyncClient(
            base_url=base_url, limits=one_each, timeout=60, trust_env=False, verify=trust(), **options
        )

    @asynccontextmanager
    async def stream(self, name: str, rooms: dict[str, int | None], **options: Any) -> AsyncIterator[Stream]:
        """A stream of server-sent events for this person."""
        async with self.rest(name) as rest, stream(rest, rooms, **options) as found:
            yield found

    @asynccontextmanager
    async def poller(self, name: str, room: str, cursor: int, epoch: str) -> AsyncIterator[Poller]:
        """Polls and long polls of this person."""
        async with self.rest(name) as rest:
            yield Poller(rest, room, cursor, epoch)

    @asynccontextmanager
    async def browser(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser in which this person has signed in."""
        async with self.http(headers={"referer": f"{self.server.url}/"}) as client:
            await client.get("session")
            client.headers["x-csrftoken"] = client.cookies["csrftoken"]
            body = {"username": name, "password": PASSWORD}
            (await client.post("session", json=body)).raise_for_status()
            client.headers["x-csrftoken"] = client.cookies["csrftoken"]
            yield client

    async def history(self, room: str, name: str = "anna") -> list[dict[str, Any]]:
        """All messages of a room by pages of REST, oldest first."""
        found: list[dict[str, Any]] = []
        async with self.rest(name) as rest:
            link: str | None = f"rooms/{room}/messages?limit=100"
            while link:
                answer = (await rest.get(link)).raise_for_status().json()
                found += answer["results"]
                link = answer["next"]
        return found[::-1]

    async def room(self, owner: str = "anna", *members: str, kind: str = "open") -> str:
        """A new room with these members."""
        slug = f"room-{next(_numbers)}-{secrets.token_hex(2)}"
        async with self.rest(owner) as rest:
            (await rest.post("rooms", json={"room": slug, "kind": kind})).raise_for_status()
            for name in members:
                (await rest.post(f"rooms/{slug}/members", json={"username": name})).raise_for_status()
        return slug


def settle(server: ChatServer) -> Tokens:
    """Brings the people into an installation."""
    said = server.manage("shell", "--no-imports", "--command", SETTLE)
    found: Tokens = json.loads(said.splitlines()[-1])
    return found


@pytest.fixture(scope="session")
def settled_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Tokens]:
    def make(installation: ChatServer) -> None:
        shutil.copy(migrated_sqlite, installation.data)
        (installation.data / "tokens.json").write_text(json.dumps(settle(installation)))

    settled = made_once(tmp_path_factory, "settled", make)
    return settled.data / migrated_sqlite.name, json.loads((settled.data / "tokens.json").read_text())


@pytest.fixture(scope="session")
def inhabited_sqlite(settled_sqlite: tuple[Path, Tokens]) -> Path:
    return settled_sqlite[0]


@pytest.fixture(scope="session")
def settled_postgres(
    migrated_postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Tokens]:
    url = migrated_postgres()
    return url, settle(ChatServer(tmp_path_factory.mktemp("settled"), database_url=url))


@pytest.fixture(scope="session")
def inhabited_postgres(settled_postgres: tuple[str, Tokens], postgres_server: Databases) -> Iterator[Callable[[], str]]:
    template = settled_postgres[0].rpartition("/")[2]
    names: list[str] = []

    def create() -> str:
        names.append(f"parley_{uuid4().hex}")
        return postgres_server.create(names[-1], template=template)

    yield create
    for name in names:
        postgres_server.drop(name)


StartInhabited = Callable[..., Chat]


def starting_chats(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Iterator[StartInhabited]:
    """What `start_chat` gives, for a fixture of any scope."""
    for start in starting(request, folders, sqlite="inhabited_sqlite", postgres="inhabited_postgres"):
        yield partial(_start, request, start)


def _start(request: pytest.FixtureRequest, start: StartChat, **options: Any) -> Chat:
    server = start(**FREELY | options)
    settled = request.getfixturevalue("settled_postgres" if "DATABASE_URL" in server.variables else "settled_sqlite")
    return Chat(server, settled[1])


@pytest.fixture
def start_chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartInhabited]:
    """Starts chats of this test alone, with the options of `chat_server`; nobody is held back by the send limit."""
    yield from starting_chats(request, tmp_path_factory)


@pytest.fixture(scope="session")
def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """One worker on SQLite, without Redis, that many tests share; leave it running."""
    for start in starting_chats(request, tmp_path_factory):
        yield start()


@pytest.fixture(scope="session")
def chat_of_four(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Four workers on PostgreSQL and Redis that many tests share; leave them running."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(workers=4)


@pytest.fixture(params=["chat", "chat_of_four"])
def any_chat(request: pytest.FixtureRequest) -> Chat:
    """The test runs on both."""
    found: Chat = request.getfixturevalue(request.param)
    return found

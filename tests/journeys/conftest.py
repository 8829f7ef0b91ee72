"""People with browsers of their own against the real server."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.journeys.person import Person
from tests.servers.chat import ChatServer, QuietServer
from tests.servers.fixtures import StartChat, made_once, starting
from tests.servers.fleet import Fleet, Worker

NAMES = ("Anna", "Ben", "Cleo")
CREWS_AT_ONCE = 12
FREELY = {"PARLEY_SEND_BURST": "100000"}
SIGN_IN = """
import json
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

def sign_in(person):
    request = HttpRequest()
    request.session = SessionStore()
    login(request, person, backend="chat.services.backends.PersonBackend")
    request.session.save()
    return request.session.session_key
"""
SETTLE = f"""{SIGN_IN}
from chat.services.accounts import make_person
from chat.services.memberships import join_room
from chat.services.rooms import create_room

def settle(suffix):
    anna, ben, cleo = (make_person(username=name.lower() + suffix, display_name=name) for name in {NAMES})
    create_room(actor=anna, slug="harbour" + suffix, title="harbour" + suffix)
    join_room(actor=ben, room="harbour" + suffix)
    return {{"anna": sign_in(anna), "ben": sign_in(ben), "cleo": sign_in(cleo)}}

"""
HISTORY = """
from chat.services.accounts import make_person
from chat.services.posting import Send, post_messages
zoe = make_person(username="zoe")
for start in range(1, {count} + 1, 100):
    numbers = range(start, min(start + 100, {count} + 1))
    post_messages([Send(zoe.pk, "{room}", f"history-{{n}}", f"message {{n}}.") for n in numbers])
"""

Arrive = Callable[..., Person]
Settled = tuple[Path, dict[str, str], dict[str, str]]


class QuietWorker(QuietServer, Worker):
    """One of several."""


class QuietFleet(QuietServer, Fleet):
    """Several, asked as one or each by its own address."""

    member = QuietWorker


class Crew(NamedTuple):
    """The people of one test: Anna owns the room `harbour`, Ben is in it and Cleo is nowhere."""

    server: ChatServer
    suffix: str
    """What stands behind the names of people and room, where several crews live in one chat."""
    sessions: dict[str, str]

    def arrive(self, chromium: Browser, name: str, *, phone: bool, url: str) -> Person:
        """With a new browser at a worker of their own, as far as there are so many; or at this address."""
        places = self.server.places()
        url = url or places[NAMES.index(name) % len(places)].url
        return Person(chromium, url, name, username=f"{name.lower()}{self.suffix}", phone=phone)


def settle(server: ChatServer, suffixes: Sequence[str]) -> list[dict[str, str]]:
    """Brings such people into an installation; the session of each."""
    said = server.manage("shell", "--no-imports", "-c", f"{SETTLE}print(json.dumps([*map(settle, {suffixes})]))")
    found: list[dict[str, str]] = json.loads(said.splitlines()[-1])
    return found


@pytest.fixture(scope="session")
def settled(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """An installation with one crew: its database, the sessions, and the variables under which they hold."""

    def make(installation: ChatServer) -> None:
        shutil.copy(migrated_sqlite, installation.data)
        installation.variables["SECRET_KEY"] = secrets.token_urlsafe(60)
        [sessions] = settle(installation, [""])
        (installation.data / "made.json").write_text(json.dumps([sessions, installation.variables["SECRET_KEY"]]))

    settled = made_once(tmp_path_factory, "crew", make)
    sessions, key = json.loads((settled.data / "made.json").read_text())
    return settled.data / migrated_sqlite.name, sessions, {"SECRET_KEY": key, **FREELY}


@pytest.fixture(scope="session")
def settled_database(settled: Settled) -> Path:
    return settled[0]


@pytest.fixture(scope="session")
def crews(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Crew]]:
    """One chat of two workers that many tests share, with a crew for each that asks; leave it running."""
    for start in starting(request, tmp_path_factory, sqlite="migrated_sqlite", postgres="migrated_postgres"):
        yield _crews(start(workers=2, kind=QuietFleet, **FREELY))


def _crews(server: ChatServer) -> Iterator[Crew]:
    for first in count(100, CREWS_AT_ONCE):
        suffixes = [f"-{number}" for number in range(first, first + CREWS_AT_ONCE)]
        for suffix, sessions in zip(suffixes, settle(server, suffixes), strict=True):
            yield Crew(server, suffix, sessions)


@pytest.fixture
def crew(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Anna and Ben at two workers; marked `alone`, all at the one process of a chat of this test's own."""
    if not request.node.get_closest_marker("alone"):
        yield next(request.getfixturevalue("crews"))
        return
    _, sessions, variables = request.getfixturevalue("settled")
    for start in starting(request, tmp_path_factory, sqlite="settled_database", postgres="migrated_postgres"):
        yield Crew(start(kind=QuietServer, **variables), "", sessions)


@pytest.fixture
def server(crew: Crew) -> ChatServer:
    return crew.server


@pytest.fixture
def harbour(crew: Crew) -> str:
    """The room where the crew is."""
    return f"harbour{crew.suffix}"


@pytest.fixture
def arrive(chromium: Browser, crew: Crew) -> Iterator[Arrive]:
    """Lets one of the crew arrive with a new browser at a page or in a room; none may see an error that was not
    expected."""
    people: list[Person] = []

    def come(name: str, to: str = "/", *, room: str = "", phone: bool = False, url: str = "") -> Person:
        person = crew.arrive(chromium, name, phone=phone, url=url)
        people.append(person)
        person.come_in(crew.sessions[name.lower()], f"/rooms/{room}/" if room else to)
        return person.settled() if room else person

    yield come
    for person in people:
        person.context.close()
        assert person.complaints == []


@pytest.fixture
def new_server(chat_server: StartChat) -> ChatServer:
    """An installation that nobody has entered."""
    return chat_server()


@pytest.fixture
def history(server: ChatServer) -> Callable[[str, int], None]:
    """Fills a room with so many messages of the person zoe, "message 1." and on."""

    def fill(room: str, count: int) -> None:
        server.manage("shell", "-v0", "-c", HISTORY.format(room=room, count=count))

    return fill


@pytest.fixture
def anna(arrive: Arrive, harbour: str) -> Person:
    """Owns the room harbour and is in it."""
    return arrive("Anna", room=harbour)


@pytest.fixture
def ben(arrive: Arrive, anna: Person, harbour: str) -> Person:
    """Has joined the room harbour and is in it."""
    return arrive("Ben", room=harbour)

"""People with browsers of their own against the real server."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import chromium
from tests.journeys.person import Person
from tests.patience import PATIENCE
from tests.servers.chat import ChatServer
from tests.servers.fixtures import StartChat, starting

__all__ = ["chromium"]

HARBOUR = "/rooms/harbour/"
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

people = {{name.lower(): make_person(username=name.lower(), display_name=name) for name in ("Anna", "Ben", "Cleo")}}
create_room(actor=people["anna"], slug="harbour", title="harbour")
join_room(actor=people["ben"], room="harbour")
print(json.dumps({{name: sign_in(person) for name, person in people.items()}}))
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


class QuietServer(ChatServer):
    """A server whose lines are not counted: other tests do that, and browsers ask for many files."""

    def environment(self) -> dict[str, str]:
        found = super().environment()
        return {name: value for name, value in found.items() if not name.startswith("COVERAGE_")}


@pytest.fixture(scope="session")
def settled(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """An installation where Anna owns the room harbour, Ben is in it and Cleo is nowhere: its database, the session of
    each, and the variables under which the sessions hold."""
    variables = {"SECRET_KEY": secrets.token_urlsafe(60), "PARLEY_SEND_BURST": "100000"}
    installation = QuietServer(tmp_path_factory.mktemp("settled"), variables=variables)
    shutil.copy(migrated_sqlite, installation.data)
    said = installation.manage("shell", "--no-imports", "--command", SETTLE)
    return installation.data / migrated_sqlite.name, json.loads(said.splitlines()[-1]), variables


@pytest.fixture(scope="session")
def settled_database(settled: Settled) -> Path:
    return settled[0]


@pytest.fixture
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settled: Settled
) -> Iterator[ChatServer]:
    for start in starting(request, tmp_path_factory, sqlite="settled_database", postgres="migrated_postgres"):
        yield start(kind=QuietServer, **settled[2])


@pytest.fixture
def arrive(chromium: Browser, server: ChatServer, settled: Settled) -> Iterator[Arrive]:
    """Lets one of the settled people arrive with a new browser; none may see an error that was not expected."""
    expect.set_options(timeout=PATIENCE * 1000)
    people: list[Person] = []

    def come(name: str, *, to: str = "/", phone: bool = False) -> Person:
        people.append(Person(chromium, server.url, name, phone=phone))
        return people[-1].come_in(settled[1][name.lower()], to)

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
def anna(arrive: Arrive) -> Person:
    """Owns the room harbour and is in it."""
    return arrive("Anna", to=HARBOUR).settled()


@pytest.fixture
def ben(arrive: Arrive, anna: Person) -> Person:
    """Has joined the room harbour and is in it."""
    return arrive("Ben", to=HARBOUR).settled()

"""People with browsers of their own against the real server."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium
from tests.journeys.person import Person
from tests.servers.chat import ChatServer
from tests.servers.fixtures import StartChat

__all__ = ["chromium"]


HISTORY = """
from chat.services.accounts import make_person
from chat.services.posting import Send, post_messages
zoe = make_person(username="zoe")
for start in range(1, {count} + 1, 100):
    numbers = range(start, min(start + 100, {count} + 1))
    post_messages([Send(zoe.pk, "{room}", f"history-{{n}}", f"message {{n}}.") for n in numbers])
"""

Arrive = Callable[..., Person]


@pytest.fixture
def server(chat_server: StartChat) -> ChatServer:
    return chat_server(PARLEY_SEND_BURST="100000")


@pytest.fixture
def arrive(chromium: Browser, server: ChatServer) -> Iterator[Arrive]:
    """Lets somebody arrive with a new browser and an account; none may see an error that was not expected."""
    people: list[Person] = []

    def come(name: str, *, phone: bool = False) -> Person:
        people.append(Person(chromium, server.url, name, phone=phone))
        return people[-1].sign_up()

    yield come
    for person in people:
        person.context.close()
        assert person.complaints == []


@pytest.fixture
def history(server: ChatServer) -> Callable[[str, int], None]:
    """Fills a room with so many messages of the person zoe, "message 1." and on."""

    def fill(room: str, count: int) -> None:
        server.manage("shell", "-v0", "-c", HISTORY.format(room=room, count=count))

    return fill


@pytest.fixture
def anna(arrive: Arrive) -> Person:
    """Owns the room harbour and is in it."""
    return arrive("Anna").make_room("harbour")


@pytest.fixture
def ben(arrive: Arrive, anna: Person) -> Person:
    """Has joined the room harbour and is in it."""
    ben = arrive("Ben")
    ben.page.goto("/rooms/harbour/")
    ben.page.get_by_role("button", name="Join").click()
    return ben.settled()

"""An open page over a deploy and the death of a worker: it stays, and nothing that is written meanwhile suffers."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import QuietServer
from tests.journeys.person import Person
from tests.servers.chat import ChatServer
from tests.servers.fixtures import StartChat
from tests.servers.program import wait_until

TELL_THE_WORKER = """
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      const { command, connection_id } = JSON.parse(data);
      if (command === "hello") document.documentElement.dataset.worker = connection_id.split("-")[0];
    });
  }
};
"""


@pytest.fixture
def server(chat_server: StartChat) -> ChatServer:
    """Two workers."""
    return chat_server(workers=2, kind=QuietServer, PARLEY_SEND_BURST="100000", PARLEY_DRAIN_SECONDS="2")


@pytest.fixture
def anna_and_ben(chromium: Browser, server: ChatServer) -> Iterator[list[Person]]:
    people = [Person(chromium, server.url, name).sign_up() for name in ("Anna", "Ben")]
    for person in people:
        person.context.add_init_script(TELL_THE_WORKER)
    people[0].make_room("harbour")
    people[1].enter("harbour")
    yield people
    for person in people:
        person.context.close()


def test_over_a_deploy_and_a_dead_worker_the_page_stays_and_nothing_is_lost_or_doubled(
    anna_and_ben: list[Person], server: ChatServer
) -> None:
    said: list[str] = []

    def talk() -> None:
        """Each says something that the other sees."""
        for writer, reader in (anna_and_ben, anna_and_ben[::-1]):
            said.append(f"line {len(said)}.")
            writer.send(said[-1])
            reader.sees(said[-1])

    before = set(server.worker_pids())
    with pages_that_stay(*anna_and_ben):
        talk()
        server.signal(signal.SIGHUP)
        while not renewed(server, before):
            talk()
        talk()
    with pages_that_stay(*anna_and_ben):
        server.kill_worker()
        talk()
        wait_until(lambda: len(server.worker_pids()) == 2, server.describe)
        talk()
    for person in anna_and_ben:
        person.sees(said[-1])
        assert person.texts() == said
        expect(person.page.locator("#people [data-slot=here] [data-username]")).to_have_count(2)
        expect(person.page.locator(".pending, .failed")).to_have_count(0)


@contextmanager
def pages_that_stay(anna: Person, ben: Person) -> Iterator[None]:
    """Each at a worker of their own when the block begins; neither page is another at its end."""
    while worker_of(anna) == worker_of(ben):
        ben.enter("harbour")
    for person in (anna, ben):
        person.page.evaluate("window.neverReloaded = true")
    yield
    for person in (anna, ben):
        assert person.page.evaluate("window.neverReloaded"), f"the page of {person.name} came anew"


def worker_of(person: Person) -> str | None:
    """The process that has greeted the page last."""
    return person.page.locator("html").get_attribute("data-worker")


def renewed(server: ChatServer, before: set[int]) -> bool:
    """Whether all workers are others, and no more of them than there should be."""
    now = server.worker_pids()
    return len(now) == len(before) and before.isdisjoint(now)

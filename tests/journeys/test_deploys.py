"""An open page over a deploy and the death of a worker: it stays, and nothing that is written meanwhile suffers."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers.chat import ChatServer, QuietServer
from tests.servers.fixtures import StartChat
from tests.servers.program import wait_until

numbers = count()
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
    before = set(server.worker_pids())
    with talk_goes_on(*anna_and_ben) as talk:
        server.signal(signal.SIGHUP)
        while not renewed(server, before):
            talk()
    with talk_goes_on(*anna_and_ben) as talk:
        server.kill_worker()
        talk()
        wait_until(lambda: len(server.worker_pids()) == 2, server.describe)
    for person in anna_and_ben:
        expect(person.page.locator("#people [data-slot=here] [data-username]")).to_have_count(2)


@contextmanager
def talk_goes_on(anna: Person, ben: Person) -> Iterator[Callable[[], None]]:
    """Two at different workers when the block begins, who may talk in it; the same pages show all of it at its end."""
    while worker_of(anna) == worker_of(ben):
        ben.enter("harbour")
    said: list[str] = []

    def talk() -> None:
        """Each says something that the other sees."""
        for writer, reader in ((anna, ben), (ben, anna)):
            said.append(f"line {next(numbers)}.")
            writer.send(said[-1])
            reader.sees(said[-1])

    for person in (anna, ben):
        person.page.evaluate("window.neverReloaded = true")
    talk()
    yield talk
    talk()
    for person in (anna, ben):
        person.sees(said[-1])
        assert person.page.evaluate("window.neverReloaded"), f"the page of {person.name} came anew"
        assert person.texts()[-len(said) :] == said
        expect(person.page.locator(".pending, .failed")).to_have_count(0)


def worker_of(person: Person) -> str | None:
    """The process that has greeted the page last."""
    return person.page.locator("html").get_attribute("data-worker")


def renewed(server: ChatServer, before: set[int]) -> bool:
    """Whether all workers are others, and no more of them than there should be."""
    now = server.worker_pids()
    return len(now) == len(before) and before.isdisjoint(now)

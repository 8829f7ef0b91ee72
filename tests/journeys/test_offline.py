"""Without a network: the rooms read last, as the server would still show them, and nothing after signing out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.conformance.sizes import size
from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

INSTALLED = "navigator.serviceWorker.ready.then((worker) => worker.active.state)"
UNTIL_KEPT = """async ([present, absent]) => {
  const { Store } = await import("/static/chat/js/lib/store.js");
  const store = new Store("kept");
  for (;;) {
    const kept = JSON.stringify(await store.all());
    if (kept.includes(present) && !(absent && kept.includes(absent))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""
UNTIL_NOTHING_IS_LEFT = """async () => {
  const left = async () => [
    await caches.keys(), await indexedDB.databases(), Object.keys(localStorage), Object.keys(sessionStorage),
  ].flat().length;
  while (await left()) await new Promise((resolve) => setTimeout(resolve, 50));
}"""


def reads(person: Person, text: str) -> None:
    """Sees this in the room, on a device that has installed the page and kept the room."""
    person.sees(text)
    person.page.evaluate(INSTALLED)
    person.page.evaluate(UNTIL_KEPT, [text, None])


def opens_offline(person: Person, path: str) -> None:
    person.context.set_offline(True)
    person.page.goto(path)
    expect(person.page.get_by_text("There is no connection.")).to_be_visible()
    person.complaints.clear()


def deletes(person: Person, text: str) -> None:
    person.act(text, "Delete")
    person.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(person.page.get_by_text("Message deleted")).to_be_visible()


@pytest.mark.timeout(900)
def test_what_was_removed_while_a_phone_was_away_is_shown_nowhere_again(
    arrive: Arrive, anna: Person, history: Callable[[str, int], None], harbour: str
) -> None:
    """Neither in the tab that slept in the room, nor without a network, however much was said meanwhile."""
    meanwhile = size(60, 10_000)
    anna.send("my number is 12345")
    anna.send("see you")
    ben = arrive("Ben", room=harbour, phone=True)
    reads(ben, "see you")
    sleeping, sockets = ben.page, list[WebSocketRoute]()
    sleeping.route_web_socket(re.compile("/ws/"), lambda socket: (sockets.append(socket), socket.connect_to_server()))
    ben.enter(harbour)
    ben.page = ben.new_page()
    opens_offline(ben, f"/rooms/{harbour}/")
    sockets[-1].close()
    for page in (sleeping, ben.page):
        expect(page.get_by_text("12345")).to_be_visible()
    opens_offline(ben, "/browse/")

    deletes(anna, "my number is 12345")
    history(harbour, meanwhile)

    ben.context.set_offline(False)
    expect(ben.page).not_to_have_title(re.compile("Offline"))
    newest = f"message {meanwhile}."
    ben.page.evaluate(UNTIL_KEPT, [newest, "12345"])
    expect(sleeping.get_by_role("article").filter(has_text=newest)).to_be_attached()
    expect(sleeping.get_by_text("12345")).to_have_count(0)
    sleeping.close()
    opens_offline(ben, f"/rooms/{harbour}/")
    expect(ben.message(newest)).to_be_visible()
    expect(ben.page.get_by_text("12345")).to_have_count(0)
    expect(ben.page.get_by_role("textbox")).to_have_count(0)
    ben.page.close()
    ben.complaints.clear()


def test_signing_out_leaves_nothing_on_the_device(anna: Person) -> None:
    anna.send("a secret")
    reads(anna, "a secret")
    anna.field.fill("a draft")
    anna.page.get_by_role("button", name="Sign out").click()
    expect(anna.page.get_by_role("heading", name="Sign in")).to_be_visible()
    anna.page.evaluate(UNTIL_NOTHING_IS_LEFT)

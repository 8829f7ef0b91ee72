"""Without a network: the rooms read last, as the server would still show them, and nothing after signing out."""

import re

from playwright.sync_api import expect

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


def test_what_was_removed_while_a_phone_was_away_is_shown_nowhere_again(arrive: Arrive, anna: Person) -> None:
    anna.send("my number is 12345")
    anna.send("see you")
    ben = arrive("Ben", to="/rooms/harbour/", phone=True).settled()
    reads(ben, "see you")
    opens_offline(ben, "/rooms/harbour/")
    expect(ben.message("my number is 12345")).to_be_visible()
    opens_offline(ben, "/browse/")

    anna.act("my number is 12345", "Delete")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(anna.page.get_by_text("Message deleted")).to_be_visible()

    ben.complaints.clear()
    ben.context.set_offline(False)
    expect(ben.page).not_to_have_title(re.compile("Offline"))
    ben.page.evaluate(UNTIL_KEPT, ["see you", "12345"])
    opens_offline(ben, "/rooms/harbour/")
    expect(ben.message("see you")).to_be_visible()
    expect(ben.page.get_by_text("Message deleted")).to_be_visible()
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

"""Scrolling through history, and keeping one's place while others write."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

Fill = Callable[[str, int], None]
SCROLLER = ".log"
SCROLL_TO_BEGINNING = """async (log) => {
  let most = 0;
  while (!log.classList.contains("begins-here")) {
    log.scrollTop = log.clientHeight - log.scrollHeight;
    await new Promise(requestAnimationFrame);
    most = Math.max(most, log.querySelectorAll("article").length);
  }
  return most;
}"""


def place_of(person: Person, text: str) -> float:
    """How far down the window the message stands."""
    box = person.message(text).bounding_box()
    assert box is not None
    return box["y"]


def scroll_to_top(person: Person) -> None:
    person.page.locator(SCROLLER).evaluate("(log) => { log.scrollTop = log.clientHeight - log.scrollHeight }")


def test_a_room_opens_at_its_end_before_any_script(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 60)
    anna = arrive("Anna")
    anna.page.route("**/*.js", lambda route: route.abort())
    anna.page.goto(f"/rooms/{harbour}/")
    expect(anna.message("message 60.")).to_be_in_viewport()
    anna.complaints.clear()


def test_history_is_read_up_to_its_beginning_without_a_jump(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 130)
    anna = arrive("Anna", room=harbour)
    expect(anna.message("message 130.")).to_be_in_viewport()
    held: list[Route] = []
    anna.page.route("**/messages?*", lambda route: held.append(route))
    with anna.page.expect_request("**/messages?*"):
        scroll_to_top(anna)
    place = place_of(anna, "message 85.")
    expect(anna.page.locator("article")).to_have_count(50)
    held[0].continue_()
    expect(anna.page.locator("article")).to_have_count(100)
    assert place_of(anna, "message 85.") == pytest.approx(place, abs=1)
    anna.page.unroute("**/messages?*")
    anna.page.locator(SCROLLER).evaluate(SCROLL_TO_BEGINNING)
    assert anna.texts() == [f"message {number}." for number in range(1, 131)]


def test_the_place_is_kept_while_others_write(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 90)
    anna, ben = (arrive(name, room=harbour) for name in ("Anna", "Ben"))
    scroll_to_top(anna)
    expect(anna.message("message 41.")).to_have_count(1)
    place = place_of(anna, "message 45.")
    ben.send("news")
    expect(anna.page.get_by_role("button", name="1 new message")).to_be_visible()
    assert place_of(anna, "message 45.") == pytest.approx(place, abs=1)
    anna.page.get_by_role("button", name="1 new message").click()
    expect(anna.message("news")).to_be_in_viewport()
    expect(anna.page.locator(".jump")).to_be_hidden()


def test_at_the_end_one_stays_at_the_end(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 60)
    anna, ben = (arrive(name, room=harbour) for name in ("Anna", "Ben"))
    for number in range(8):
        ben.send(f"more {number}.")
        expect(anna.message(f"more {number}.")).to_be_in_viewport()


def test_a_link_opens_around_its_message(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 150)
    anna = arrive("Anna", room=harbour)
    scroll_to_top(anna)
    expect(anna.message("message 70.")).to_have_count(1)
    link = anna.message("message 70.").locator("a.when").get_attribute("href")
    anna.page.goto(str(link))
    expect(anna.message("message 70.")).to_be_in_viewport()
    expect(anna.page.locator(".target")).to_contain_text("message 70.")
    anna.page.get_by_role("button", name="Newest messages").click()
    expect(anna.message("message 150.")).to_be_in_viewport()


def test_however_long_one_scrolls_the_page_holds_some_hundreds(arrive: Arrive, history: Fill, harbour: str) -> None:
    history(harbour, 500)
    anna = arrive("Anna", room=harbour)
    assert anna.page.locator(SCROLLER).evaluate(SCROLL_TO_BEGINNING) <= 300
    expect(anna.page.get_by_text("message 1.", exact=True)).to_be_visible()
    anna.send("from far away")
    anna.sees("from far away")
    expect(anna.message("from far away")).to_be_in_viewport()
    expect(anna.message("message 500.")).to_be_in_viewport()

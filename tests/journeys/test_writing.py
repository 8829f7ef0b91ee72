"""What the composer does for who writes: names and emoji that it completes, emoji to pick."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.test_access import check


@pytest.mark.alone
def test_names_are_completed_by_the_keyboard_and_call_people(anna: Person, ben: Person, arrive: Arrive) -> None:
    cleo = arrive("Cleo")
    ben.page.goto("/browse/")
    anna.field.press_sequentially("@BE")
    option = anna.page.get_by_role("option", name="Ben")
    expect(option).to_have_attribute("aria-selected", "true")
    check(anna.page)
    anna.field.press("Enter")
    expect(anna.field).to_have_value("@ben ")
    anna.field.press_sequentially("and @cle")  # not in the room: the server is asked
    anna.page.get_by_role("option", name="Cleo").click()
    expect(anna.field).to_have_value("@ben and @cleo ")
    anna.field.press("Enter")
    anna.sees("and @cleo")
    expect(ben.room_link("harbour").locator(".count.calls")).to_have_text("1")
    assert cleo.page.url != ben.page.url


def test_emoji_are_completed_and_a_closed_name_becomes_one(anna: Person) -> None:
    anna.field.press_sequentially(":tad")
    anna.field.press("Tab")
    expect(anna.field).to_have_value("🎉 ")
    anna.field.press_sequentially(":wave: at 10:30")
    expect(anna.field).to_have_value("🎉 👋 at 10:30")
    anna.field.press_sequentially(" :fir")
    expect(anna.page.get_by_role("option", name="fire").first).to_be_visible()
    anna.field.press("Escape")
    expect(anna.page.get_by_role("option")).to_have_count(0)
    anna.field.press("Enter")
    anna.sees("at 10:30 :fir")


def test_any_emoji_is_picked_without_a_mouse_for_words_and_as_a_reaction(anna: Person, ben: Person) -> None:
    keyboard = anna.page.keyboard
    anna.page.get_by_role("button", name="Emoji", exact=True).click()
    check(anna.page)
    expect(anna.page.get_by_label("Find an emoji")).to_be_focused()
    keyboard.type("sail")
    expect(anna.page.get_by_role("button", name="sailing")).to_be_visible()
    keyboard.press("Enter")
    expect(anna.field).to_have_value("⛵")
    expect(anna.field).to_be_focused()
    keyboard.type(" ahoy")
    keyboard.press("Enter")
    ben.sees("⛵ ahoy")
    anna.sees("⛵ ahoy")
    anna.act("ahoy", "React")
    anna.page.get_by_role("button", name="More emoji").click()
    expect(anna.page.get_by_label("Find an emoji")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(anna.page.get_by_role("button", name="sailing").first).to_be_focused()
    keyboard.press("Enter")
    expect(ben.message("ahoy").get_by_role("button", name=re.compile("⛵ 1"))).to_be_visible()
    expect(anna.message("ahoy")).to_be_focused()


def test_what_is_typed_before_the_script_has_come_is_kept_and_enter_sends_it(
    anna: Person, ben: Person, harbour: str
) -> None:
    held: list[Route] = []
    released = False
    anna.context.route(re.compile("/js/app[.]"), lambda route: route.continue_() if released else held.append(route))
    anna.page.goto(f"/rooms/{harbour}/", wait_until="commit")
    anna.send("sent at once")
    ben.sees("sent at once")
    expect(anna.message("sent at once")).to_be_visible()
    anna.field.fill("begun early")
    released = True
    for route in held:
        route.continue_()
    anna.settled()
    expect(anna.field).to_have_value("begun early")
    anna.page.reload()
    anna.settled()
    expect(anna.field).to_have_value("begun early")
    anna.field.press("Enter")
    ben.sees("begun early")
    anna.sees("begun early")
    assert ben.texts() == anna.texts() == ["sent at once", "begun early"]

"""Finding one's way by keys: the switcher, the list of keys, single keys on the selected message."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.test_access import check


def select(person: Person, text: str) -> None:
    """Moves the focus to the message, as the arrows would."""
    person.message(text).focus()


@pytest.mark.alone
def test_the_switcher_leads_to_rooms_and_to_people_one_never_wrote_to(anna: Person, arrive: Arrive) -> None:
    arrive("Cleo")
    keyboard = anna.page.keyboard
    anna.page.goto("/browse/")
    keyboard.press("Control+k")
    expect(anna.page.get_by_role("option", name="harbour")).to_have_attribute("aria-selected", "true")
    check(anna.page)
    keyboard.press("Enter")
    expect(anna.page).to_have_url(re.compile("/rooms/harbour/"))
    anna.settled()
    keyboard.press("Control+k")
    keyboard.type("cle")
    expect(anna.page.get_by_role("option", name="Cleo")).to_be_visible()
    keyboard.press("Enter")
    expect(anna.page.get_by_role("heading", name="You and Cleo")).to_be_attached()


def test_single_keys_act_on_the_selected_message(anna: Person, ben: Person) -> None:
    keyboard = anna.page.keyboard
    ben.send("The tide is at nine")
    anna.send("my words")
    for text in ("The tide is at nine", "my words"):
        anna.sees(text)
    select(anna, "The tide")
    keyboard.press("p")
    expect(ben.message("The tide").get_by_text("pinned")).to_be_visible()
    pin = ben.page.get_by_role("complementary").get_by_role("link", name=re.compile("Ben.*The tide"))
    expect(pin).to_be_visible()
    keyboard.press("p")
    expect(pin).to_be_hidden()
    keyboard.press("r")
    expect(anna.page.get_by_text("Answering Ben")).to_be_visible()
    expect(anna.field).to_be_focused()
    keyboard.press("Escape")
    select(anna, "The tide")
    keyboard.press("e")  # not hers to edit
    expect(anna.message("The tide")).to_be_focused()
    select(anna, "my words")
    keyboard.press("e")
    expect(anna.field).to_have_value("my words")
    keyboard.press("Escape")
    select(anna, "my words")
    keyboard.press("Delete")
    expect(anna.page.get_by_role("dialog", name="Delete this message?")).to_be_visible()
    keyboard.press("Escape")
    expect(anna.message("my words")).to_be_focused()
    keyboard.press("Escape")
    expect(anna.field).to_be_focused()


def test_a_copied_link_opens_around_its_message(anna: Person) -> None:
    anna.context.grant_permissions(["clipboard-read", "clipboard-write"])
    anna.send("come here")
    anna.sees("come here")
    select(anna, "come here")
    anna.page.keyboard.press("c")
    expect(anna.page.get_by_text("Link copied")).to_be_visible()
    anna.page.goto(anna.page.evaluate("navigator.clipboard.readText()"))
    expect(anna.page.locator(".target")).to_contain_text("come here")


def test_what_is_marked_unread_stays_so_on_both_devices(anna: Person, ben: Person, harbour: str) -> None:
    for text in ("one.", "two.", "three."):
        anna.send(text)
        ben.sees(text)
    phone = ben.new_page()
    phone.goto("/browse/")
    count = ".count"
    expect(ben.room_link(harbour).locator(count)).to_be_hidden()
    select(ben, "two.")
    ben.page.keyboard.press("u")
    expect(ben.room_link(harbour).locator(count)).to_have_text("2")
    expect(phone.get_by_role("link", name=re.compile(harbour)).first.locator(count)).to_have_text("2")
    expect(ben.page.locator("[data-key]", has_text="two.").get_by_text("New", exact=True)).to_be_visible()
    ben.page.reload()
    ben.settled()
    expect(ben.room_link(harbour).locator(count)).to_be_hidden()


def test_all_keys_are_listed_and_single_ones_can_be_turned_off(anna: Person) -> None:
    keyboard = anna.page.keyboard
    anna.send("hello?")
    anna.sees("hello?")
    select(anna, "hello?")
    keyboard.press("?")
    keys = anna.page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Mark unread from here")
    check(anna.page)
    keys.get_by_label("Single letters").uncheck()
    keyboard.press("Escape")
    anna.page.reload()
    anna.settled()
    select(anna, "hello?")
    keyboard.press("r")
    keyboard.press("?")
    expect(keys).to_be_hidden()
    expect(anna.page.get_by_text("Answering")).to_have_count(0)
    anna.page.get_by_role("button", name="Keys").click()
    expect(keys).to_be_visible()


def test_a_conversation_by_the_keyboard_alone(anna: Person, arrive: Arrive, harbour: str) -> None:
    ben = arrive("Ben", to="/browse/")
    keyboard = ben.page.keyboard
    keyboard.press("Control+k")
    keyboard.type(harbour)
    keyboard.press("Enter")
    ben.settled()
    keyboard.type("by keys")
    keyboard.press("Enter")
    anna.sees("by keys")
    anna.send("and an answer")
    ben.sees("and an answer")
    expect(ben.field).to_be_focused()
    reach(ben, "and an answer", "Shift+Tab")
    keyboard.press("ArrowUp")
    expect(ben.message("by keys")).to_be_focused()
    keyboard.press("e")
    expect(ben.field).to_be_focused()
    keyboard.type(" alone")
    keyboard.press("Enter")
    anna.sees("by keys alone")
    reach(ben, "and an answer", "Shift+Tab")
    keyboard.press("Home")
    keyboard.press("Delete")
    expect(ben.page.get_by_role("button", name="Keep it")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(anna.page.get_by_text("Message deleted")).to_be_visible()
    keyboard.press("Escape")
    expect(ben.field).to_be_focused()


def reach(person: Person, text: str, key: str) -> None:
    """Presses a key that moves the focus until it is on the message."""
    for _ in range(8):
        person.page.keyboard.press(key)
        if person.message(text).evaluate("(article) => article === document.activeElement"):
            return
    expect(person.message(text)).to_be_focused()

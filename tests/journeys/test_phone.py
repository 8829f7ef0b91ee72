"""A small window and fingers instead of a mouse and keys."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person

TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def test_a_conversation_on_a_phone(anna: Person, arrive: Arrive, harbour: str) -> None:
    anna.send("where are you? " + "averylongword" * 20)
    ben = arrive("Ben", room=harbour, phone=True)
    ben.sees("where are you?")
    ben.field.tap()
    ben.field.press_sequentially("on the quay")
    ben.field.press("Enter")  # breaks the line, as there is no other way to on a phone
    ben.field.press_sequentially("at the crane")
    ben.page.get_by_role("button", name="Send").tap()
    anna.sees("on the quay")
    expect(ben.field).to_have_value("")
    expect(ben.field).to_be_in_viewport()
    ben.message("where are you?").tap()
    ben.page.get_by_role("button", name="React", exact=True).tap()
    ben.page.get_by_role("button", name="React with 👍").tap()
    expect(anna.message("where are you?").get_by_role("button", name=re.compile("👍 1"))).to_be_visible()
    assert not ben.page.evaluate(TOO_WIDE)
    ben.page.get_by_role("button", name="Rooms").first.tap()
    ben.page.get_by_role("link", name="Find or make a room").tap()
    expect(ben.page.get_by_role("heading", name="Rooms", level=1)).to_be_visible()
    assert not ben.page.evaluate(TOO_WIDE)
    ben.page.get_by_role("listitem").filter(has_text=harbour).get_by_role("link", name="Open").tap()
    expect(ben.settled().message("on the quay")).to_be_in_viewport()

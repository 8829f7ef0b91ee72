"""The first visitor, small screens, and no mouse."""

import re

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.servers.chat import ChatServer


def test_the_printed_link_leads_the_first_visitor_to_the_admin_account(
    chromium: Browser, new_server: ChatServer
) -> None:
    code = new_server.manage(
        "shell", "-v0", "-c", "from chat.services.installation import *; print(setup_code())"
    ).strip()
    first = Person(chromium, new_server.url, "Anna").sign_up(f"/setup/{code}/")
    first.page.goto("/admin/")
    expect(first.page.get_by_role("heading", name="Site administration")).to_be_visible()
    late = Person(chromium, new_server.url, "Eve")
    answer = late.page.goto(f"/setup/{code}/")
    assert answer is not None and answer.status == 409
    expect(late.page.get_by_text("Sign in instead")).to_be_visible()
    answer = late.page.goto("/setup/guess/")
    assert answer is not None and answer.status == 404
    for person in (first, late):
        person.context.close()


def test_on_a_phone_the_field_is_in_view_and_rooms_slide_in(anna: Person, arrive: Arrive, harbour: str) -> None:
    ben = arrive("Ben", room=harbour, phone=True)
    expect(ben.field).to_be_in_viewport()
    assert ben.page.evaluate("document.documentElement.scrollWidth") == 390
    expect(ben.page.get_by_role("navigation", name="Rooms")).to_be_hidden()
    ben.page.get_by_role("button", name="Rooms", exact=True).tap()
    expect(ben.page.get_by_role("navigation", name="Rooms")).to_be_visible()
    ben.page.keyboard.press("Escape")
    expect(ben.page.get_by_role("navigation", name="Rooms")).to_be_hidden()
    ben.field.fill("from the quay")
    ben.page.get_by_role("button", name="Send").tap()
    anna.sees("from the quay")


def test_everything_is_done_without_a_mouse(anna: Person, ben: Person) -> None:
    keyboard = anna.page.keyboard
    expect(anna.field).to_be_focused()
    keyboard.type("first")
    keyboard.press("Enter")
    anna.sees("first")
    keyboard.type("second")
    keyboard.press("Enter")
    anna.sees("second")
    keyboard.press("Shift+Tab")
    while "second" not in anna.page.evaluate("document.activeElement.innerText"):
        keyboard.press("Shift+Tab")
    while anna.page.evaluate("document.activeElement.tagName") != "ARTICLE":
        keyboard.press("Shift+Tab")
    keyboard.press("ArrowUp")
    assert "first" in anna.page.evaluate("document.activeElement.innerText")
    keyboard.press("Tab")
    while anna.page.evaluate("document.activeElement.ariaLabel") != "React":
        keyboard.press("Tab")
    keyboard.press("Enter")
    keyboard.press("Enter")
    expect(ben.message("first").get_by_role("button", name=re.compile("👍 1"))).to_be_visible()

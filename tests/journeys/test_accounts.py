"""One's account, at two devices: a password ends the other one, a second factor guards the door."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, Page, expect

from tests.journeys.person import PASSWORD, Person
from tests.servers.chat import ChatServer

NEW_PASSWORD = "a quiet night out"

pytestmark = pytest.mark.alone


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Username or e-mail").fill("mona")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_another_password_here_ends_the_open_page_there(chromium: Browser, server: ChatServer) -> None:
    desk = Person(chromium, server.url, "Mona").sign_up()
    phone = Person(chromium, server.url, "Mona", phone=True)
    sign_in(phone.page)
    expect(phone.page.locator("nav#rooms")).to_be_attached()
    phone.page.goto("/rooms/harbour/")
    phone.page.get_by_role("button", name="Join").click()
    phone.settled()
    desk.page.goto("/settings/security/")
    expect(desk.page.get_by_role("button", name=re.compile("Sign out there"))).to_have_count(1)
    desk.page.get_by_role("link", name="Change the password").click()
    desk.page.get_by_label("Current password").fill(PASSWORD)
    desk.page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    desk.page.get_by_label("New password again").fill(NEW_PASSWORD)
    desk.page.get_by_role("button", name="Change it").click()
    expect(desk.page.get_by_role("heading", name="Security")).to_be_visible()
    expect(desk.page.get_by_role("button", name=re.compile("Sign out there"))).to_have_count(0)
    expect(phone.page.get_by_text("You were signed out.")).to_be_visible()
    sign_in(phone.page, NEW_PASSWORD)
    expect(phone.page.locator("nav#rooms")).to_be_attached()
    desk.context.close()
    phone.context.close()
    assert desk.complaints == []


def test_a_second_factor_is_switched_on_and_asked_for(chromium: Browser, server: ChatServer) -> None:
    mona = Person(chromium, server.url, "Mona", phone=True).sign_up()
    page = mona.page
    page.goto("/settings/security/two-factor/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code").fill(_code(secret, 0))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/")
    page.get_by_role("button", name="Rooms", exact=True).tap()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_label("Code").fill(_code(secret, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("nav#rooms")).to_be_attached()
    mona.context.close()
    assert mona.complaints == []


def _code(secret: str, later: int) -> str:
    """What an app shows now, or half a minute later, which is good too: a code is worth something once."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1 + later]))

"""Finding rooms and people, and knowing where something waits."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.test_access import check


def test_unread_messages_and_mentions_are_counted_live_and_read_by_looking(
    anna: Person, ben: Person, harbour: str
) -> None:
    ben.page.goto("/browse/")
    anna.send("one")
    anna.send("two")
    expect(ben.room_link(harbour).locator(".count")).to_have_text("2")
    anna.send(f"@{ben.username} please look")
    expect(ben.room_link(harbour).locator(".count.calls")).to_have_text("1")
    expect(ben.page).to_have_title(re.compile(r"^\(1\) "))
    ben.room_link(harbour).click()
    expect(ben.page.locator(".unread-line:visible")).to_be_visible()
    expect(ben.room_link(harbour).locator(".count")).to_be_hidden()
    ben.page.goto("/browse/")
    expect(ben.room_link(harbour).locator(".count")).to_be_hidden()


def test_what_one_device_has_read_the_other_counts_no_more(anna: Person, ben: Person, harbour: str) -> None:
    ben.page.goto("/browse/")
    anna.send("hello")
    expect(ben.room_link(harbour).locator(".count")).to_have_text("1")
    phone = ben.new_page()
    phone.goto(f"/rooms/{harbour}/")
    expect(ben.room_link(harbour).locator(".count")).to_be_hidden()


def test_a_direct_message_reaches_somebody_who_was_nowhere_near(anna: Person, arrive: Arrive) -> None:
    cleo = arrive("Cleo")
    anna.page.goto(f"/people/?q={cleo.username}")
    anna.page.get_by_role("button", name="Write to Cleo").click()
    anna.settled().send("Have you got a minute?")
    expect(cleo.room_link("Anna").locator(".count.calls")).to_have_text("1")
    cleo.room_link("Anna").click()
    cleo.settled().send("Two, even")
    anna.sees("Two, even")


def test_an_open_room_is_found_and_joined(anna: Person, arrive: Arrive, harbour: str) -> None:
    cleo = arrive("Cleo")
    cleo.page.goto(f"/browse/?q={harbour}")
    cleo.page.get_by_role("button", name="Join").click()
    expect(cleo.page).to_have_url(re.compile(f"/rooms/{harbour}/$"))
    expect(anna.page.locator(f"#people [data-username={cleo.username}]")).to_be_attached()


@pytest.mark.alone
def test_a_private_room_exists_only_for_who_is_brought_in(anna: Person, arrive: Arrive) -> None:
    cleo = arrive("Cleo")
    anna.make_room("Bridge", private=True)
    answer = cleo.page.goto("/rooms/bridge/")
    assert answer is not None and answer.status == 404
    cleo.complaints.clear()
    cleo.page.goto("/browse/")
    expect(cleo.page.get_by_text("Bridge")).to_have_count(0)
    anna.page.get_by_label("Add somebody").fill("cleo")
    anna.page.get_by_role("button", name="Add", exact=True).click()
    expect(cleo.room_link("Bridge")).to_be_visible()
    cleo.room_link("Bridge").click()
    cleo.settled().send("Aye")
    anna.sees("Aye")


def test_what_an_owner_sets_of_a_room_holds_at_once_in_open_pages(anna: Person, ben: Person, harbour: str) -> None:
    settings = anna.new_page()
    settings.goto(f"/rooms/{harbour}/settings/")
    check(settings)
    settings.get_by_label("Only moderators write").check()
    settings.get_by_role("button", name="Save").click()
    expect(ben.field).to_be_disabled()
    expect(ben.field).to_have_attribute("placeholder", "Only moderators write here; you may react.")
    anna.page.get_by_role("link", name="Room settings").click()
    anna.page.get_by_label("Only moderators write").uncheck()
    anna.page.get_by_label("Slow mode").select_option("15 seconds")
    anna.page.get_by_role("button", name="Save").click()
    expect(ben.field).to_be_enabled()
    expect(ben.page.get_by_text("Slow mode: one message every 15 s.")).to_be_visible()


def test_a_taken_name_is_said_at_the_field(anna: Person, harbour: str) -> None:
    anna.page.goto("/new/")
    anna.page.get_by_label("Name").fill(harbour.title())
    anna.page.get_by_role("button", name="Make the room").click()
    expect(anna.page.get_by_role("alert").filter(has_text="taken")).to_be_visible()

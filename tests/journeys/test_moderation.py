"""What moderators do in the room is seen there at once; test_admin_acts.py has what they do in the admin."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import HARBOUR
from tests.journeys.person import Person
from tests.journeys.test_access import check


def test_an_owner_removes_brings_back_mutes_and_bans_in_the_room_and_the_banned_reads_why(
    anna: Person, ben: Person
) -> None:
    ben.send("buy my boat")
    anna.sees("buy my boat")
    anna.act("buy my boat", "Delete")
    anna.page.get_by_label("Reason, shown to all").fill("advertising")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    gone = anna.page.get_by_role("article").filter(has_text="removed by a moderator: advertising")
    gone.hover()
    gone.get_by_role("button", name="Bring back").click()
    ben.sees("buy my boat")
    anna.act("buy my boat", "Moderate the author")
    dialog = anna.page.get_by_role("dialog", name="Moderate Ben")
    check(anna.page)
    dialog.get_by_label("Reason").fill("advertising")
    dialog.get_by_role("button", name="Do it").click()
    expect(dialog).to_be_hidden()
    ben.send("and my oars")
    expect(ben.page.get_by_text("Reason: advertising").first).to_be_visible()
    anna.page.get_by_role("button", name="Moderate Ben").first.click()
    dialog.get_by_label("Ban: leaves").check()
    dialog.get_by_label("Reason").fill("still advertising")
    dialog.get_by_role("button", name="Do it").click()
    expect(
        ben.page.get_by_placeholder(re.compile("You are banned here until .* Reason: still advertising"))
    ).to_be_attached()
    ben.page.goto(HARBOUR)
    expect(ben.page.get_by_text("Reason: still advertising").first).to_be_visible()
    ben.complaints.clear()
    assert anna.complaints == []

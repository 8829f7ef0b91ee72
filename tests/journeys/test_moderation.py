"""What moderators do in the room is seen there at once; test_admin_acts.py has what they do in the admin."""

import re

from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.test_access import check


def moderate(moderator: Person, reason: str, act: str = "Mute: reads") -> None:
    """Does this to who the dialog is about."""
    dialog = moderator.page.get_by_role("dialog", name="Moderate Ben")
    dialog.get_by_label(act).check()
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Do it").click()
    expect(dialog).to_be_hidden()


def test_an_owner_removes_brings_back_mutes_and_bans_in_the_room_and_who_it_is_done_to_reads_why(
    anna: Person, ben: Person, harbour: str
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
    check(anna.page)
    moderate(anna, "advertising")
    ben.send("and my oars")
    expect(ben.page.get_by_text("Reason: advertising").first).to_be_visible()
    anna.page.get_by_role("button", name="Moderate Ben").first.click()
    moderate(anna, "cool down", "Remove from the room")
    expect(ben.page.get_by_text(f"{anna.username} removed you from this room. Reason: cool down").first).to_be_visible()
    anna.page.get_by_role("button", name="Moderate Ben").first.click()
    moderate(anna, "still advertising", "Ban: leaves")
    banned = re.compile("You are banned here until .* Reason: still advertising")
    expect(ben.page.get_by_placeholder(banned)).to_be_attached()
    ben.page.goto(f"/rooms/{harbour}/")
    expect(ben.page.get_by_text("Reason: still advertising").first).to_be_visible()
    ben.complaints.clear()
    assert anna.complaints == []

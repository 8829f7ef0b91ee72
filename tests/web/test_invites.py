"""Invite links into a room: made on its page, shown once, followed by who has an account and by who has none."""

import re

from django.test import Client

from chat.models import Invite, Membership
from tests.web.conftest import Browser, text
from tests.world import World

PAGE = "/rooms/bridge/invites/"


def make(client: Client, **changes: str) -> str:
    """Makes a link and returns its path."""
    answer = text(client.post(PAGE, {"note": "crew", "uses_left": "2", "days": "7", **changes}))
    found = re.search(r'data-slot="link">http://testserver([^<]+)<', answer)
    assert found, answer
    return found[1]


def test_a_moderator_makes_a_link_that_is_shown_once_and_withdraws_it(world: World, browser: Browser) -> None:
    dora = browser(world.dora)
    assert PAGE in text(dora.get("/rooms/bridge/"))
    link = make(dora)
    shown = text(dora.get(PAGE))
    assert "crew" in shown and link not in shown
    invite = Invite.objects.get()
    assert (invite.uses_left, invite.room.slug, invite.expires_at is None) == (2, "bridge", False)
    assert dora.post(f"{PAGE}{invite.pk}/withdraw/").headers["Location"] == PAGE
    assert not Invite.objects.exists()
    assert browser(world.cleo).get(link).headers["Location"] == "/"


def test_others_find_no_way_to_make_one(world: World, browser: Browser) -> None:
    assert PAGE not in text(browser(world.ben).get("/rooms/bridge/"))
    assert browser(world.ben).get(PAGE).status_code == 403
    assert browser(world.cleo).get(PAGE).status_code == 404


def test_who_has_an_account_is_asked_and_comes_in(world: World, anna: Client, browser: Browser) -> None:
    link, cleo = make(anna, days=""), browser(world.cleo)
    asked = text(cleo.get(link))
    assert "You are invited" in asked and "bridge" in asked
    assert not Membership.objects.filter(user=world.cleo).exists()
    assert cleo.post(link).headers["Location"] == "/rooms/bridge/"
    assert Membership.objects.get(user=world.cleo).room.slug == "bridge"


def test_what_makes_no_sense_is_told_at_its_field(world: World, anna: Client) -> None:
    assert "greater than or equal to 1" in text(anna.post(PAGE, {"uses_left": "0", "days": "7"}))
    answer = text(anna.post(PAGE, {"note": "\u2800", "uses_left": "1", "days": "7"}))
    assert "Something to read is missing." in answer
    assert not Invite.objects.exists()

"""What people see of their reports and of what they are under, and how they appeal, also when they cannot sign in."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import models
from chat.queries.cases import appeal_key
from chat.services import cases, memberships, rooms
from chat.services.sanctions import impose, lift
from tests.world import administrator, person, say

PASSWORD = "harbour-light-9"
APPEAL = re.compile(r'href="(/appeal/[^"]+)"')

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root():
    return administrator()


@pytest.fixture
def ben():
    return person("ben", password=PASSWORD)


@pytest.fixture
def room(ben):
    return rooms.create_room(actor=person("anna"), slug="kitchen").room


def browser_of(user):
    client = Client()
    client.force_login(user)
    return client


def page(client, address):
    return client.get(address).content.decode()


def decide(root, state, reason):
    cases.decide(actor=root, number=models.Case.objects.get().pk, state=state, reason=reason)


def test_the_reporter_hears_the_outcome(root, ben, room):
    seq = say(person("anna"), room, "go away").seq
    browser = browser_of(ben)
    assert "Nothing. What is wrong" in page(browser, reverse("web:reports"))
    cases.report_message(actor=ben, room=room, seq=seq, reason="rude")
    shown = page(browser, reverse("web:reports"))
    assert f"Message {seq} in #kitchen" in shown and "rude" in shown and "not decided yet" in shown
    decide(root, "agreed", "Not in this kitchen.")
    assert "agreed. Their reason: Not in this kitchen." in page(browser, reverse("web:reports"))


def test_who_is_muted_reads_why_in_the_room_and_appeals_in_the_settings(root, ben, room):
    impose(actor=root, person=ben, kind="mute", reason="spam", room=room, ends_at=timezone.now() + timedelta(hours=1))
    browser = browser_of(ben)
    shown = page(browser, reverse("web:room", args=[room]))
    assert "You are muted here until" in shown and "Reason: spam" in shown and reverse("web:reports") in shown
    [way] = APPEAL.findall(page(browser, reverse("web:reports")))
    assert "spam" in page(browser, way)
    browser.post(way, {"reason": "It was my sister."})
    assert models.Report.objects.get().reason == "It was my sister."
    assert "You have appealed" in page(browser, way) and "not decided yet" in page(browser, reverse("web:reports"))
    browser.post(way, {"reason": "again"})
    assert models.Report.objects.count() == 1
    decide(root, "disagreed", "We looked twice.")
    assert "disagreed. Their reason: We looked twice." in page(browser, way)


def test_who_is_banned_from_a_room_is_led_there_from_its_page(root, ben, room):
    impose(actor=root, person=ben, kind="ban", reason="spam", room=room)
    answer = browser_of(ben).get(reverse("web:room", args=[room]))
    assert answer.status_code == 403
    assert reverse("web:reports") in answer.content.decode()


def test_who_is_banned_everywhere_appeals_from_the_page_that_says_so_and_comes_back(root, ben):
    impose(actor=root, person=ben, kind="ban", reason="spam")
    stranger, fields = Client(), {"login": "ben", "password": PASSWORD}
    refused = stranger.post(reverse("account_login"), fields)
    [way] = APPEAL.findall(refused.content.decode())
    stranger.post(way, {"reason": "It was my sister."})
    assert stranger.get(reverse("web:home")).status_code == 302, "it is no door"
    decide(root, "agreed", "So it was.")
    assert "agreed. Their reason: So it was." in page(stranger, way)
    stranger.post(reverse("account_login"), fields)
    assert stranger.get(reverse("web:home"), follow=True).status_code == 200


def test_a_wrong_or_old_key_opens_nothing(root, ben, monkeypatch):
    made = impose(actor=root, person=ben, kind="ban", reason="spam")
    address = reverse("web:appeal", args=[appeal_key(made.pk)])
    for wrong in (f"{address[:-2]}x/", reverse("web:appeal", args=[signing.dumps(made.pk)])):
        assert Client().get(wrong).status_code == 404
    assert Client().get(reverse("web:appeal", args=[appeal_key(made.pk + 1)])).status_code == 404
    assert Client().get(address).status_code == 200
    monkeypatch.setattr("chat.queries.cases.KEY_SECONDS", -1)
    assert Client().get(address).status_code == 404


def test_what_was_lifted_meanwhile_is_told_and_not_appealed(root, ben):
    made = impose(actor=root, person=ben, kind="ban", reason="spam")
    address = reverse("web:appeal", args=[appeal_key(made.pk)])
    lift(actor=root, sanction=made)
    assert "It was lifted." in page(Client(), address)
    assert not models.Case.objects.exists()


def test_too_many_appeals_are_held_back(root, ben, settings):
    settings.PARLEY = {**settings.PARLEY, "REPORTS_PER_PERSON": "1/day"}
    first, other = (impose(actor=root, person=ben, kind="mute", reason=reason) for reason in ("spam", "ads"))
    addresses = [reverse("web:appeal", args=[appeal_key(made.pk)]) for made in (first, other)]
    assert [Client().post(way, {"reason": "why?"}).status_code for way in addresses] == [302, 429]


def test_who_was_put_out_of_a_room_reads_why_and_nobody_else_does(ben, room):
    cleo, anna = person("cleo"), person("anna")
    memberships.join_room(actor=cleo, room=room)
    memberships.remove_member(actor=anna, room=room, username="cleo", reason="too loud")
    address = reverse("web:removed", args=[room])
    assert browser_of(cleo).get(address).json() == {"reason": "too loud"}
    assert "Reason: too loud" in browser_of(cleo).get(reverse("web:reports")).content.decode()
    impose(actor=anna, person=cleo, kind="ban", reason="still too loud", room=room)
    assert browser_of(cleo).get(address).json() == {"reason": "still too loud"}
    assert browser_of(ben).get(address).json() == {"reason": ""}
    assert browser_of(ben).get(reverse("web:removed", args=["nowhere"])).json() == {"reason": ""}

"""The admin begins with what waits for a decision and what was done last, for who may see it, always at one cost."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import HeldMessage, Room
from chat.services import cases, sanctions
from tests.admin.desk import shown
from tests.world import limit_sends

pytestmark = pytest.mark.django_db(transaction=True)

INDEX = reverse("admin:index")


@pytest.fixture(autouse=True)
def nothing_spent(settings):
    cache.clear()
    limit_sends(settings, burst=100)


@pytest.fixture
def report(say, ben, anna, room):
    return lambda: cases.report_message(actor=anna, room=room, seq=say("buy", author=ben).seq, reason="ads").case


def queries_of(client):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(INDEX)
    return len(captured)


def test_it_has_what_waits_and_what_was_done_last(desk, admin, ben, report):
    page = shown(desk.get(INDEX))
    assert "no report and no appeal is open" in page and "Nothing yet." in page
    case = report()
    made = sanctions.impose(actor=admin, person=ben, kind="mute", reason="too loud")
    cases.appeal(actor=ben, sanction=made, reason="why?")
    page = shown(desk.get(INDEX))
    assert all(words in page for words in (str(case), "appeal against mute of ben everywhere", "too loud"))
    assert "More…" not in page and "held for review" not in page


def test_it_has_what_rules_hold(desk, ben, room):
    place, now = Room.objects.get(slug=room), timezone.now()
    HeldMessage.objects.create(room=place, author=ben, client_id="c", digest="d", body="hm", held_at=now)
    assert "ben in #kitchen" in shown(desk.get(INDEX))


def test_it_costs_the_same_however_much_waits(desk, report):
    report()
    before = queries_of(desk)
    for _ in range(10):
        report()
    assert "More…" in shown(desk.get(INDEX))
    assert queries_of(desk) == before


def test_who_does_not_moderate_sees_nothing_of_it(staff, report):
    report()
    page = shown(staff("view_room", "view_case").get(INDEX))
    assert "no report and no appeal is open" in page and "What was done last" not in page

"""The log can be looked at in the admin; no URL changes or deletes an event."""

import pytest
from django.urls import reverse

from chat.models import Event
from tests.admin.desk import act, shown, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(say):
    """All events of a room with a message."""
    say("hello")
    return list(Event.objects.order_by("seq").values())


@pytest.fixture
def event(log):
    return Event.objects.latest("seq")


def all_events():
    return list(Event.objects.order_by("seq").values())


def test_the_log_can_be_read(desk, event):
    assert "message.created" in shown(desk.get(url(Event, "changelist"))).lower().replace(" ", ".")
    assert desk.get(url(event, "change")).status_code == 200


@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_event_is_neither_changed_nor_deleted(desk, log, event, page):
    data = {"post": "yes", "kind": "message.deleted", "_save": "Save", "seq": "99"}
    assert desk.post(url(event, page), data).status_code == 403
    assert all_events() == log


def test_the_delete_page_is_refused(desk, event):
    assert desk.get(url(event, "delete")).status_code == 403


def test_no_event_is_added(desk, log):
    assert desk.get(url(Event, "add")).status_code == 403
    assert desk.post(url(Event, "add"), {"seq": "99"}).status_code == 403
    assert all_events() == log


def test_no_action_touches_the_log(desk, log, event):
    for action in ("delete_selected", "remove_selected"):
        act(desk, action, [event], post="yes", select_across="1")
    desk.post(url(Event, "changelist"), {"form-0-id": event.pk, "form-0-kind": "room.changed", "_save": "Save"})
    assert all_events() == log


@pytest.mark.parametrize("row", ["usersession", "revocation", "mention", "readmark", "profile", "reaction"])
def test_what_nobody_acts_on_is_not_in_the_admin(desk, row):
    assert desk.get(f"{reverse('admin:index')}chat/{row}/").status_code == 404

"""Rooms in the admin: made, named and archived by the use cases, live in open pages, never deleted."""

import pytest

from chat.models import Membership, Room
from chat.services import rooms
from tests.admin.desk import act, delete, delete_selected, events, shown, told, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(room):
    return Room.objects.get(slug=room)


def test_another_title_and_topic_are_live(desk, row, heard):
    desk.post(url(row, "change"), {"title": "Bar", "topic": "Drinks"})
    row.refresh_from_db()
    assert (row.title, row.topic) == ("Bar", "Drinks")
    [event] = events(heard)
    assert (event.kind, event.room.title, event.room.topic, event.actor) == ("room.changed", "Bar", "Drinks", "chief")


def test_another_pace_is_live(desk, row, heard):
    desk.post(url(row, "change"), {"title": row.title, "topic": "", "slow_seconds": "30"})
    [event] = events(heard)
    assert event.room.slow_seconds == 30


def test_the_same_again_changes_nothing(desk, row, heard):
    desk.post(url(row, "change"), {"title": row.title, "topic": row.topic})
    assert events(heard) == []


def test_the_slug_the_kind_and_the_counters_stay(desk, row):
    forged = {"slug": "bar", "kind": "private", "head": 99, "message_count": 99, "archived_at": "2020-01-01"}
    desk.post(url(row, "change"), {"title": "Bar", "topic": "", **forged})
    before, after = row, Room.objects.get(pk=row.pk)
    assert after.title == "Bar"
    assert (after.slug, after.kind, after.message_count, after.archived_at) == ("kitchen", "open", 0, None)
    assert after.head == before.head + 1


def test_a_title_that_is_none_is_refused_in_words(desk, row, heard):
    response = desk.post(url(row, "change"), {"title": "\u200b", "topic": ""}, follow=True)
    assert told(response) == ["The request is not valid. title: Something to read is missing."]
    assert events(heard) == []


def test_a_room_is_made_with_its_maker_as_owner(desk, admin, heard):
    response = desk.post(url(Room, "add"), {"slug": "garden", "title": "Garden", "topic": "", "kind": "private"})
    assert response.status_code == 302
    row = Room.objects.get(slug="garden")
    assert (row.title, row.kind) == ("Garden", "private")
    assert Membership.objects.get(room=row).role == "owner"
    assert [event.kind for event in events(heard)] == ["member.joined"]


@pytest.mark.parametrize(("slug", "kind"), [("Küche", "open"), ("a/b", "open"), ("kitchen", "open"), ("new", "direct")])
def test_an_impossible_room_is_not_made(desk, room, slug, kind):
    response = desk.post(url(Room, "add"), {"slug": slug, "title": "t", "topic": "", "kind": kind})
    assert "errorlist" in shown(response)
    assert Room.objects.count() == 1


def test_deleting_a_room_archives_it(desk, row, say, heard):
    say("hello")
    heard.clear()
    delete(desk, row)
    row.refresh_from_db()
    assert row.archived_at is not None
    assert row.messages.count() == 1
    [event] = events(heard)
    assert (event.kind, event.room.archived) == ("room.changed", True)


def test_delete_selected_archives_each_of_them(desk, row, anna, heard):
    other = Room.objects.get(slug=rooms.create_room(actor=anna, slug="garden").room)
    heard.clear()
    delete_selected(desk, [row, other])
    assert Room.objects.filter(archived_at=None).count() == 0
    assert [event.room.archived for event in events(heard)] == [True, True]


def test_an_archived_room_is_opened_again(desk, row, heard):
    delete(desk, row)
    act(desk, "unarchive_selected", [row])
    row.refresh_from_db()
    assert row.archived_at is None
    assert [event.room.archived for event in events(heard)] == [True, False]


def test_a_room_between_people_is_renamed_and_archived_too(desk, anna, ben, heard):
    row = Room.objects.get(slug=rooms.open_direct_room(actor=anna, people=["ben"]).room)
    delete(desk, row)
    row.refresh_from_db()
    assert row.archived_at is not None


def test_staff_who_may_only_view_change_nothing(staff, row):
    client = staff("view_room")
    assert "delete" not in client.get(url(row, "change")).content.decode()
    assert client.get(url(Room, "add")).status_code == 403
    assert client.post(url(row, "change"), {"title": "Bar", "topic": ""}).status_code == 403
    assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 403


def test_staff_whom_the_policy_lets_act_on_no_room_are_offered_nothing(staff, row):
    client = staff("view_room", "add_room", "change_room", "delete_room")
    assert client.get(url(Room, "add")).status_code == 403
    assert client.post(url(row, "change"), {"title": "Bar", "topic": ""}).status_code == 403
    assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 403


def test_staff_with_the_rights_act_on_rooms_of_others(staff, row):
    client = staff("view_room", "change_room", "delete_room", "delete_message")
    client.post(url(row, "change"), {"title": "Bar", "topic": ""})
    delete(client, row)
    row.refresh_from_db()
    assert row.title == "Bar"
    assert row.archived_at is not None


def test_staff_without_rights_are_refused(staff, row):
    assert staff().get(url(row, "change")).status_code == 403

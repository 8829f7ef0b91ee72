"""Who belongs to a room is decided in the admin by the use cases, live in open pages."""

import pytest

from chat.domain.news import PersonNews
from chat.models import Membership, Room
from chat.queries.audit import why_put_out
from chat.services import memberships, rooms
from tests.admin.desk import delete, delete_selected, events, told, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def row(room, ben):
    """Ben's membership in Anna's kitchen."""
    memberships.join_room(actor=ben, room=room)
    return Membership.objects.get(user=ben)


def add(client, room, user, role="member"):
    data = {"room": Room.objects.get(slug=room).pk, "user": user.pk, "role": role}
    return client.post(url(Membership, "add"), data, follow=True)


def test_somebody_is_brought_in(desk, room, ben, heard):
    add(desk, room, ben, "moderator")
    assert Membership.objects.get(user=ben).role == "moderator"
    [event] = events(heard)
    assert (event.kind, event.actor, event.member.person.username) == ("member.joined", "chief", "ben")
    assert PersonNews(ben.pk, "rooms") in heard


def test_somebody_is_brought_into_a_private_room_that_the_admin_is_no_member_of(desk, anna, ben):
    room = rooms.create_room(actor=anna, slug="secret", kind="private").room
    add(desk, room, ben)
    assert Membership.objects.filter(room__slug=room, user=ben).exists()


def test_another_role_is_live(desk, row, heard):
    desk.post(url(row, "change"), {"role": "owner"})
    row.refresh_from_db()
    assert row.role == "owner"
    [event] = events(heard)
    assert (event.kind, event.member.role) == ("member.changed", "owner")


def test_the_person_and_the_room_of_a_membership_stay(desk, row, anna):
    desk.post(url(row, "change"), {"role": "guest", "user": anna.pk})
    row.refresh_from_db()
    assert (row.role, row.user.username) == ("guest", "ben")


def test_deleting_a_membership_is_leaving_and_the_person_may_read_why(desk, row, ben, heard):
    assert told(delete(desk, row)) == ["Give a reason."]
    delete(desk, row, reason="rude")
    assert why_put_out(ben, "kitchen") == "rude"
    assert not Membership.objects.filter(pk=row.pk).exists()
    [event] = events(heard)
    assert (event.kind, event.member.person.username) == ("member.left", "ben")


def test_delete_selected_removes_each_of_them(desk, row, room, admin, heard):
    add(desk, room, admin)
    rows = list(Membership.objects.filter(role="member"))
    heard.clear()
    delete_selected(desk, rows, reason="rude")
    assert [event.kind for event in events(heard)] == ["member.left", "member.left"]


def test_the_last_owner_stays_and_the_admin_is_told(desk, row, anna, heard):
    owner = Membership.objects.get(user=anna)
    said = told(delete(desk, owner, reason="rude"))
    assert "A room keeps an owner; make somebody else one first. (anna in #kitchen)" in said
    said = told(desk.post(url(owner, "change"), {"role": "guest"}, follow=True))
    assert said[-1] == "A room keeps an owner; make somebody else one first."
    assert events(heard) == []


def test_a_direct_room_keeps_its_people(desk, anna, ben, heard):
    room = rooms.open_direct_room(actor=anna, people=["ben"]).room
    heard.clear()
    delete_selected(desk, Membership.objects.filter(room__slug=room), reason="rude")
    response = delete(desk, Membership.objects.get(room__slug=room, user=ben), reason="rude")
    assert told(response)[-1] == f"A direct room keeps its people. (ben in #{room})"
    assert Membership.objects.filter(room__slug=room).count() == 2
    assert events(heard) == []


def test_an_archived_room_takes_nobody_in(desk, room, anna, ben):
    rooms.archive_room(actor=anna, room=room)
    assert told(add(desk, room, ben)) == ["This room is archived."]
    assert not Membership.objects.filter(user=ben).exists()


def test_staff_who_may_only_view_change_nothing(staff, row):
    client = staff("view_membership")
    assert client.get(url(row, "change")).status_code == 200
    assert client.post(url(row, "change"), {"role": "owner"}).status_code == 403
    assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 403


def test_staff_who_may_not_manage_members_cannot_add_themselves(staff, room, row):
    client = staff("view_membership", "add_membership", "delete_membership", "delete_message", "view_room", "view_user")
    assert client.get(url(Membership, "add")).status_code == 403
    assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 403


def test_staff_with_the_rights_manage_members(staff, row):
    client = staff("view_membership", "change_membership", "delete_membership")
    client.post(url(row, "change"), {"role": "moderator"})
    row.refresh_from_db()
    assert row.role == "moderator"
    delete(client, row, reason="rude")
    assert not Membership.objects.filter(pk=row.pk).exists()

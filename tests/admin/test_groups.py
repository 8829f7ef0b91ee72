"""The groups of the first migration: a moderator has the daily work, a site admin the chat, neither the accounts."""

import pytest
from django.contrib import admin as sites
from django.contrib.auth import hashers
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chat.models import Case, HeldMessage, Message, Sanction
from chat.services import cases, memberships, rooms, word_rules
from chat.services.posting import post_messages
from tests.admin.desk import act, delete, shown, url
from tests.world import administrator, person, post, send

pytestmark = pytest.mark.django_db(transaction=True)

WORK = {
    "chat_auditentry": "view", "chat_case": "view", "chat_event": "view", "chat_heldmessage": "view",
    "chat_membership": "view",
    "chat_message": "view delete", "chat_room": "view", "chat_sanction": "view add", "auth_user": "view",
}  # fmt: skip
RUNS = WORK | {
    "chat_membership": "view add change delete", "chat_room": "view add change delete",
    "chat_wordrule": "view add change delete", "chat_invite": "view add delete", "chat_installation": "view change",
}  # fmt: skip
OWN = {"chat_case": "view", "chat_heldmessage": "view"}


@pytest.fixture
def member_of(transactional_db):
    """A browser signed in as a member of staff in this group."""

    def sign_in(name):
        cache.clear()
        mona = person("mona")
        mona.is_staff = True
        mona.save()
        mona.groups.set([Group.objects.get(name=name)])
        client = Client()
        client.force_login(mona)
        return client

    return sign_in


def rights(client):
    """What each table of the admin offers: nothing but this."""
    request = client.get(reverse("admin:index")).wsgi_request
    found = {}
    for model, desk in sites.site._registry.items():
        may = [act for act in ("view", "add", "change", "delete") if getattr(desk, f"has_{act}_permission")(request)]
        if may:
            found[f"{model._meta.app_label}_{model._meta.model_name}"] = " ".join(may)
    return found


@pytest.mark.parametrize(("group", "expected"), [("Moderator", WORK), ("Room moderator", OWN), ("Site admin", RUNS)])
def test_a_group_may_do_its_work_and_nothing_else(member_of, group, expected):
    assert rights(member_of(group)) == expected


def test_a_moderator_removes_sanctions_and_decides(member_of, say, ben, anna, room):
    client = member_of("Moderator")
    for page in WORK:
        assert client.get(reverse(f"admin:{page}_changelist")).status_code == 200
    seq = say("buy now", author=ben).seq
    case = cases.report_message(actor=anna, room=room, seq=seq, reason="an advert").case
    fields = {"state": "agreed", "reason": "ads", "sanction": "mute", "everywhere": "on", "hours": "24"}
    client.post(reverse("admin:chat_case_decide", args=[case.pk]), fields)
    assert (Case.objects.get().state, Sanction.objects.get().person) == ("agreed", ben)
    row = Message.objects.get(seq=say("more").seq)
    delete(client, row, reason="off topic")
    row.refresh_from_db()
    assert row.deleted_by == "moderator"


def test_a_moderator_sees_nothing_of_passwords(member_of, ben):
    client = member_of("Moderator")
    ben.set_password("harbour-light-9")
    ben.save()
    page = shown(client.get(url(ben, "change")))
    assert ben.password not in page and hashers.identify_hasher(ben.password).algorithm not in page
    assert "Password" not in page
    assert '<div class="readonly">None' not in page, "what they only look at is told too"
    assert client.get(reverse("admin:auth_user_password_change", args=[ben.pk])).status_code == 403


@pytest.fixture
def two_rooms(anna, ben, room):
    """Mona moderates the first; in both Ben's word waits and one of his messages is reported."""
    rooms.create_room(actor=anna, slug="elsewhere", kind="open")
    word_rules.save_rule(actor=administrator(), pattern="barnacle", action="hold")
    memberships.add_member(actor=anna, room=room, username=person("mona").username, role="moderator")
    memberships.join_room(actor=ben, room="elsewhere")
    for slug in (room, "elsewhere"):
        seq = post(ben, slug, f"buy now in {slug}").message.seq
        cases.report_message(actor=anna, room=slug, seq=seq, reason="an advert")
        post_messages([send(ben, slug, f"barnacle in {slug}")])
    return room, "elsewhere"


def test_a_room_moderator_sees_and_decides_what_is_of_their_rooms_alone(member_of, two_rooms):
    own, other = two_rooms
    client = member_of("Room moderator")
    for page in ("admin:index", "admin:chat_case_changelist", "admin:chat_heldmessage_changelist"):
        page = shown(client.get(reverse(page)))
        assert own in page and other not in page
    mine, theirs = [Case.objects.get(message__room__slug=slug) for slug in two_rooms]
    assert client.get(url(theirs, "change")).status_code == 302
    for case, status in ((theirs, 404), (mine, 302)):
        fields = {"state": "agreed", "reason": "ads"}
        assert client.post(reverse("admin:chat_case_decide", args=[case.pk]), fields).status_code == status
    assert {case.message.room.slug: case.state for case in Case.objects.all()} == {own: "agreed", other: "open"}
    act(client, "approve_selected", HeldMessage.objects.all())
    assert {held.room.slug: held.state for held in HeldMessage.objects.all()} == {own: "approved", other: "waiting"}


def test_a_room_moderator_sanctions_nobody_everywhere(member_of, two_rooms):
    case = Case.objects.get(message__room__slug=two_rooms[0])
    fields = {"state": "agreed", "reason": "ads", "sanction": "ban", "everywhere": "on", "hours": "24"}
    member_of("Room moderator").post(reverse("admin:chat_case_decide", args=[case.pk]), fields)
    case.refresh_from_db()
    assert (case.state, Sanction.objects.count()) == ("open", 0)

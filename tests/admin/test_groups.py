"""The groups of the first migration: a moderator has the daily work, a site admin the chat, neither the accounts."""

import pytest
from django.contrib import admin as sites
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chat.models import Case, Message, Sanction
from chat.services import cases
from tests.admin.desk import delete, shown, url
from tests.world import person

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


@pytest.mark.parametrize(("group", "expected"), [("Moderator", WORK), ("Site admin", RUNS)])
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
    assert "argon2" not in page and "Password" not in page
    assert '<div class="readonly">None' not in page, "what they only look at is told too"
    assert client.get(reverse("admin:auth_user_password_change", args=[ben.pk])).status_code == 403

"""What administrators do for accounts: invites, choices for the chat, links, lost phones, erasing."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from chat.domain.news import Revoked
from chat.models import AuditEntry, Installation, Invite, Room
from chat.queries.people import has_second_factor
from chat.services import invites
from chat.services.sessions import begin_session, session_credential
from tests.admin.desk import act, delete, shown, told, url

pytestmark = pytest.mark.django_db(transaction=True)

User = get_user_model()


def test_an_invite_is_made_and_its_link_shown_once(desk, admin, room):
    form = {"note": "For the crew", "uses_left": "2", "expires_at_0": "", "expires_at_1": "", "room": ""}
    form["room"] = str(Room.objects.get(slug=room).pk)
    said = told(desk.post(url(Invite, "add"), form, follow=True))
    [code] = re.findall(r"/invite/([\w-]+)/", " ".join(said))
    assert invites.may_sign_up(code=code)
    invite = Invite.objects.get()
    assert (invite.uses_left, invite.made_by, invite.room.slug) == (2, admin, room)
    pages = shown(desk.get(url(Invite, "changelist"))) + shown(desk.get(url(invite, "change")))
    assert "For the crew" in pages and code not in pages


def test_an_invite_cannot_be_changed_but_withdrawn(desk, admin):
    invite, code = invites.create_invite(actor=admin)
    assert desk.post(url(invite, "change"), {"uses_left": 100}).status_code == 403
    delete(desk, invite)
    assert not invites.may_sign_up(code=code)


def test_who_may_sign_up_and_what_erasing_does_is_chosen_here(desk):
    assert desk.get(url(Installation, "changelist")).url == url(Installation.objects.get(), "change")
    form = {"sign_up": "closed", "erased_messages": "remove"}
    desk.post(url(Installation.objects.get(), "change"), form)
    row = Installation.objects.get()
    assert (row.sign_up, row.erased_messages) == ("closed", "remove")
    assert not invites.may_sign_up()


def test_a_link_to_choose_a_password_works_once(desk, anna):
    page = act(desk, "link_selected", [anna])
    assert "no-store" in page.headers["Cache-Control"]
    [link] = re.findall(r"http://testserver(/reset/[\w-]+/)", shown(page))
    browser = Client()
    path = browser.get(link, follow=True).request["PATH_INFO"]
    browser.post(path, {"password1": "correct horse", "password2": "correct horse"})
    anna.refresh_from_db()
    assert anna.check_password("correct horse")
    assert "not valid any more" in shown(Client().get(link, follow=True))
    assert link not in shown(desk.get(url(anna, "history")))


def test_staff_make_no_link_to_the_account_of_a_superuser(staff, admin):
    assert "Nobody of the selected" in shown(act(staff("view_user", "change_user"), "link_selected", [admin]))


def test_a_password_set_here_ends_every_session_of_the_person(desk, anna, heard):
    begin_session(person=anna, session_key="k", user_agent="", address="")
    page = f"/admin/auth/user/{anna.pk}/password/"
    desk.post(page, {"password1": "correct horse", "password2": "correct horse", "usable_password": "true"})
    assert [(each.user_id, each.credential) for each in heard if isinstance(each, Revoked)] == [
        (anna.pk, session_credential("k"))
    ]
    desk.post(page, {"usable_password": "false", "unset-password": "yes"})
    anna.refresh_from_db()
    assert not anna.has_usable_password()


def test_ones_own_password_is_changed_on_ones_own_page(desk, admin):
    for address in (f"/admin/auth/user/{admin.pk}/password/", "/admin/password_change/"):
        assert desk.get(address).url == reverse("account_change_password")


def test_a_lost_phone_is_no_lost_account(desk, anna):
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": "s"})
    act(desk, "free_selected", [anna])
    assert not has_second_factor(anna)


def test_erasing_asks_first_and_then_leaves_nothing(desk, anna, say):
    say("hello")
    assert "I’m sure" in shown(act(desk, "erase_selected", [anna]))
    assert User.objects.filter(username="anna").exists()
    act(desk, "erase_selected", [anna], post="yes")
    anna.refresh_from_db()
    assert anna.username.startswith("deleted-") and not anna.is_active


def test_the_tables_of_the_library_are_not_here(desk):
    for table in (
        "account/emailaddress",
        "mfa/authenticator",
        "socialaccount/socialapp",
        "socialaccount/socialaccount",
    ):
        assert desk.get(f"/admin/{table}/").status_code == 404


def test_rights_passwords_and_groups_that_are_changed_here_are_in_the_audit_log(desk, anna):
    desk.post(url(Group, "add"), {"name": "Mates", "permissions": []})
    group = Group.objects.get(name="Mates")
    form = {"display_name": "Anna", "email": "", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    desk.post(url(anna, "change"), form)
    anna.refresh_from_db()
    assert anna.is_staff and list(anna.groups.all()) == [group]
    password = {"usable_password": "true", "password1": "a harbour at night", "password2": "a harbour at night"}
    desk.post(reverse("admin:auth_user_password_change", args=[anna.pk]), password)
    anna.refresh_from_db()
    assert anna.check_password("a harbour at night")
    act(desk, "link_selected", [anna])
    desk.post(url(group, "change"), {"name": "Crew", "permissions": []})
    delete(desk, group)
    assert not Group.objects.filter(pk=group.pk).exists()
    noted = AuditEntry.objects.order_by("number").values_list("act", flat=True)
    assert list(noted) == [
        "group.saved", "rights.changed", "account.changed", "account.changed", "group.saved", "group.removed",
    ]  # fmt: skip

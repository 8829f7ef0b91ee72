"""Mutes and bans in the admin: imposed with a reason, lifted after a question, never rewritten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.domain.news import Revoked
from chat.models import Room, Sanction
from chat.services.sanctions import impose
from tests.admin.desk import act, shown, told, url
from tests.world import fresh, post

pytestmark = pytest.mark.django_db(transaction=True)


def fields(person, **changes):
    end = {"ends_at_0": "", "ends_at_1": ""}
    return {"kind": "mute", "person": person.pk, "room": "", "reason": "spam", **end, **changes}


@pytest.fixture
def muted(admin, ben):
    return impose(actor=admin, person=ben, kind="mute", reason="spam")


def test_a_ban_closes_what_is_open_of_the_person(desk, admin, ben, heard):
    desk.post(url(Sanction, "add"), fields(ben, kind="ban", ends_at_0="2099-01-01", ends_at_1="12:00"))
    made = Sanction.objects.get()
    assert (made.kind, made.person, made.made_by, made.reason) == ("ban", ben, admin, "spam")
    assert made.ends_at.year == 2099
    assert [(news.user_id, news.banned) for news in heard if isinstance(news, Revoked)] == [(ben.pk, True)]


def test_a_mute_of_one_room_is_of_that_room(desk, ben, room):
    desk.post(url(Sanction, "add"), fields(ben, room=_room(room).pk))
    made = Sanction.objects.get()
    assert (made.kind, made.room.slug, made.ends_at) == ("mute", room, None)
    assert f"mute of ben in {made.room}" == str(made)


def _room(slug):
    return Room.objects.get(slug=slug)


def test_a_reason_is_asked_for_and_refusals_are_told(desk, admin, ben):
    assert "This field is required" in shown(desk.post(url(Sanction, "add"), fields(ben, reason="")))
    answer = desk.post(url(Sanction, "add"), fields(admin), follow=True)
    assert "Nobody mutes or bans themselves or an administrator." in told(answer)
    assert not Sanction.objects.exists()


def test_lifting_asks_first(desk, admin, ben, muted, room):
    asked = act(desk, "lift_selected", [muted])
    assert "I’m sure" in shown(asked) and "mute of ben everywhere" in shown(asked)
    assert told(act(desk, "lift_selected", [muted], post="yes", reason=" ")) == ["Give a reason."]
    assert not Sanction.objects.exclude(lifted_at=None).exists()
    assert told(act(desk, "lift_selected", [muted], post="yes", reason="served")) == ["Lifted: mute of ben everywhere."]
    assert fresh(ben) and post(ben, room, "back").created
    assert Sanction.objects.get().lifted_by == admin


def test_what_was_imposed_is_shown_and_neither_changed_nor_deleted(desk, muted, ben):
    page = shown(desk.get(url(muted, "change")))
    assert "spam" in page and "everywhere" in page
    assert desk.post(url(muted, "change"), fields(ben, reason="other")).status_code == 403
    assert desk.post(url(muted, "delete"), {"post": "yes"}).status_code == 403
    assert Sanction.objects.get().reason == "spam"


def test_the_list_tells_what_is_in_force_from_what_is_over(desk, admin, ben, anna, muted, room):
    impose(actor=admin, person=anna, kind="mute", reason="flood", room=room)
    Sanction.objects.filter(person=anna).update(ends_at=timezone.now() - timedelta(seconds=1))

    def found(**query):
        return {row.person for row in desk.get(url(Sanction, "changelist"), query).context["cl"].result_list}

    assert found() == {anna, ben}
    assert found(state="on") == {ben}
    assert found(state="off") == {anna}
    assert found(q="be") == {ben}


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_people_are_led_to_the_form_for_one_of_them(desk, anna, ben, kind):
    answer = act(desk, f"{kind}_selected", [ben])
    assert answer.redirect_chain == [(f"{url(Sanction, 'add')}?kind={kind}&person={ben.pk}", 302)]
    initial = answer.context["adminform"].form.initial
    assert (initial["kind"], initial["person"]) == (kind, str(ben.pk))
    assert "Select one person" in told(act(desk, f"{kind}_selected", [anna, ben]))[-1]


def test_only_who_has_the_right_imposes_and_lifts(staff, ben, muted):
    client = staff("view_sanction", "view_user", "change_user")
    assert client.get(url(Sanction, "add")).status_code == 403
    act(client, "lift_selected", [muted], post="yes", reason="served")
    act(client, "ban_selected", [ben])
    assert Sanction.objects.get().lifted_at is None
    assert "Ban…" not in shown(client.get(url(type(ben), "changelist")))


def test_who_has_it_imposes(staff, ben):
    client = staff("view_sanction", "add_sanction", "view_user", "view_room")
    client.post(url(Sanction, "add"), fields(ben))
    assert Sanction.objects.get().kind == "mute"


def test_who_is_muted_writes_nothing_by_the_admin_either(staff, anna, room):
    client = staff("view_room", "change_room", "delete_message", "delete_room", "view_membership", "add_membership")
    helper = type(anna).objects.get(username="helper")
    helper.is_staff = True
    impose(actor=type(anna).objects.create_superuser("chef"), person=helper, kind="mute", reason="rants")
    before = _room(room).title
    data = {"title": "Rant", "topic": "", "kind": "open", "archived": "", "announcements": ""}
    answer = client.post(url(_room(room), "change"), data, follow=True)
    assert _room(room).title == before
    assert any("Reason: rants" in each for each in told(answer))
    client.post(url(_room(room), "delete"), {"post": "yes"})
    assert _room(room).archived_at is None

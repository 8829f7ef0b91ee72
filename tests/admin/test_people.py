"""People in the admin: made, named, deactivated and activated by the use cases; no row goes."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from chat.domain.news import Revoked
from chat.models import Membership, Message, Profile, Room
from chat.services import rooms
from chat.services.sanctions import impose
from chat.services.sessions import begin_session
from tests.admin.desk import act, delete, delete_selected, events, shown, told, url
from tests.world import administrator

pytestmark = pytest.mark.django_db(transaction=True)

User = get_user_model()


def change(client, user, **fields):
    """Sends the change form of a person with these fields changed."""
    user = User.objects.get(pk=user.pk)
    form = {"display_name": user.profile.display_name, "email": user.email}
    form |= {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    return client.post(url(user, "change"), {k: v for k, v in (form | fields).items() if v is not None}, follow=True)


def active(user):
    user.refresh_from_db()
    return user.is_active


def test_deleting_a_person_deactivates_them_everywhere(desk, anna, say, heard):
    say("hello")
    heard.clear()
    delete(desk, anna)
    assert not active(anna)
    assert anna.messages.count() == 1
    [news] = heard
    assert isinstance(news, Revoked)
    assert (news.user_id, news.credential) == (anna.pk, "")


def test_delete_selected_deactivates_each_of_them(desk, anna, ben, heard):
    delete_selected(desk, [anna, ben])
    assert not active(anna)
    assert not active(ben)
    assert {news.user_id for news in heard} == {anna.pk, ben.pk}


def test_the_tick_at_active_deactivates_and_activates(desk, anna, heard):
    change(desk, anna, is_active=None)
    assert not active(anna)
    assert [type(news) for news in heard] == [Revoked]
    change(desk, anna, is_active="on")
    assert active(anna)


def test_the_deactivated_are_activated_again(desk, anna):
    delete(desk, anna)
    act(desk, "activate_selected", [anna])
    assert active(anna)


def test_another_name_and_rights_are_kept(desk, anna):
    change(desk, anna, display_name="Anna K.", email="anna@example.org", is_staff="on")
    anna.refresh_from_db()
    assert Profile.objects.get(user=anna).display_name == "Anna K."
    assert (anna.email, anna.is_staff, anna.is_active) == ("anna@example.org", True, True)


def test_the_only_administrator_cannot_go_by_form_list_or_action(desk, admin):
    Profile.objects.create(user=admin, display_name="Chief")
    answers = [
        change(desk, admin, is_active=None),
        change(desk, admin, is_superuser=None),
        delete(desk, admin),
        delete_selected(desk, [admin]),
        act(desk, "erase_selected", [admin], post="yes"),
    ]
    for answer in answers:
        assert "This is the only administrator here. Make somebody else one first." in told(answer)[0]
    admin.refresh_from_db()
    assert admin.is_active and admin.is_superuser


def test_a_name_that_is_none_is_refused_in_words(desk, anna):
    said = told(change(desk, anna, display_name="\u200b"))
    assert said == ["The request is not valid. display_name: Something to read is missing."]


def test_the_username_stays(desk, anna):
    change(desk, anna, username="hanna")
    anna.refresh_from_db()
    assert anna.username == "anna"


def test_a_person_is_made_and_begins_in_the_lobby(desk, heard):
    rooms.ensure_lobby()
    form = {"username": "Clara", "usable_password": "true", "password1": "correct horse", "password2": "correct horse"}
    response = desk.post(url(User, "add"), form)
    clara = User.objects.get(username="clara")
    assert response.url == url(clara, "change")
    assert clara.check_password("correct horse")
    assert Profile.objects.get(user=clara).display_name == "clara"
    assert Membership.objects.get(user=clara).room.slug == "general"
    assert [event.kind for event in events(heard)] == ["member.joined"]


def test_a_person_without_a_password_is_made(desk):
    desk.post(url(User, "add"), {"username": "robot", "usable_password": "false"})
    assert not User.objects.get(username="robot").has_usable_password()


def test_a_name_nobody_could_call_is_refused_in_words(desk, admin):
    form = {"username": "anna+1@x", "usable_password": "false"}
    assert told(desk.post(url(User, "add"), form, follow=True))[-1].startswith("The request is not valid. username:")
    assert User.objects.count() == 1


def test_the_password_is_set_on_its_own_form(desk, anna):
    page = f"/admin/auth/user/{anna.pk}/password/"
    assert desk.get(page).status_code == 200
    desk.post(page, {"password1": "correct horse", "password2": "correct horse", "usable_password": "true"})
    anna.refresh_from_db()
    assert anna.check_password("correct horse")


def test_staff_never_rise_above_themselves(staff, anna, admin):
    client = staff("view_user", "change_user", "delete_user")
    helper = User.objects.get(username="helper")
    Profile.objects.create(user=helper, display_name="Helper")
    change(client, helper, is_superuser="on")
    helper.refresh_from_db()
    assert not helper.is_superuser
    assert client.post(f"/admin/auth/user/{admin.pk}/password/", {}).status_code == 403
    assert client.post(url(admin, "delete"), {"post": "yes"}).status_code == 403
    assert told(act(client, "delete_selected", [admin], post="yes")) == ["You may not do this. (chief)"]
    assert active(admin)
    delete(client, anna)
    assert not active(anna)


def test_staff_who_may_only_view_change_nothing(staff, anna):
    client = staff("view_user")
    assert "delete" not in client.get(url(anna, "change")).content.decode()
    assert client.post(url(anna, "change"), {"display_name": "X"}).status_code == 403
    assert client.post(url(anna, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(url(User, "add")).status_code == 403


def test_staff_without_rights_are_refused(staff, anna):
    assert staff().get(url(User, "changelist")).status_code == 403


def test_people_without_a_profile_are_listed(desk, admin):
    assert not Profile.objects.exists()
    assert "chief" in shown(desk.get(url(User, "changelist")))


def test_why_somebody_may_not_do_something_is_told_by_the_policy_itself(desk, ben, room):
    assert "Rights in a room" in shown(desk.get(url(ben, "change")))
    impose(actor=administrator(), person=ben, kind="mute", reason="shouting", room=room)
    answer = shown(desk.post(url(ben, "rights"), {"person": "@ben", "room": f"#{room}", "text": "ahoy"}))
    assert "No. muted: You are muted here until a moderator lifts it. Reason: shouting" in answer
    assert '<th scope="row">read</th><td>Yes.</td>' in answer
    assert "There is no such thing" in shown(desk.post(url(ben, "rights"), {"person": "ben", "room": "nowhere"}))
    assert desk.get(url(ben, "rights").replace(f"/{ben.pk}/", "/0/")).status_code == 404


def test_who_may_not_look_at_people_is_not_told_their_rights(staff, ben):
    assert staff("view_room").get(url(ben, "rights")).status_code == 403


def test_what_somebody_wrote_lately_is_removed_after_a_question_with_a_reason(desk, staff, ben, say):
    old, new = (Message.objects.get(seq=say(text, author=ben).seq) for text in ("old", "new"))
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert "I’m sure" in shown(act(desk, "hush_selected", [ben]))
    act(staff("view_user", "change_user"), "hush_selected", [ben], post="yes", reason="flood")
    assert Message.objects.get(pk=new.pk).body == "new"
    act(desk, "hush_selected", [ben], post="yes", reason="flood")
    assert {row.body: row.deleted_reason for row in Message.objects.all()} == {"old": "", "": "flood"}


def test_the_same_is_asked_from_the_page_of_a_room(desk, staff, ben, room):
    row = Room.objects.get(slug=room)
    assert url(row, "rights") in shown(desk.get(url(row, "change")))
    answer = shown(desk.post(url(row, "rights"), {"person": "ben", "room": room}))
    assert '<th scope="row">join</th><td>Yes.</td>' in answer
    assert "There is no such person" in shown(desk.post(url(row, "rights"), {"person": "nobody", "room": room}))
    assert staff("view_room").get(url(row, "rights")).status_code == 403


def test_a_page_of_a_person_tells_what_is_known_of_them_to_who_may_see_it(desk, staff, ben, room, say):
    say("look at my boat", author=ben)
    impose(actor=administrator(), person=ben, kind="mute", reason="shouting", room=room)
    begin_session(person=ben, session_key="k" * 32, user_agent="Firefox", address="192.0.2.7")
    page = shown(desk.get(url(ben, "change")))
    for words in ("shouting", "look at my boat", f"#{room}", "192.0.2.7", "Mutes and bans", "Rooms they are in"):
        assert words in page, words
    page = shown(staff("view_user").get(url(ben, "change")))
    for words in ("shouting", "look at my boat", "192.0.2.7", "Rooms they are in"):
        assert words not in page, words

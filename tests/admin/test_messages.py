"""Removing messages in the admin is the removal service, live in open pages; nothing is rewritten."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.admin import message
from chat.domain.errors import Forbidden
from chat.models import Event, Mention, Message, Reaction, Revocation
from chat.services import messages, reactions
from chat.services.sessions import session_credential
from tests.admin.desk import act, delete, delete_selected, events, shown, told, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows(say):
    """Three messages of Anna's."""
    return [Message.objects.get(seq=say(body).seq) for body in ("one", "two", "three")]


def removed(row):
    row.refresh_from_db()
    return row.body == row.html == "" and row.deleted_by == "moderator"


def test_a_message_deleted_on_its_page_is_removed_for_everyone(desk, rows, heard):
    before = rows[1]
    delete(desk, before, reason="off topic")
    row = Message.objects.get(pk=before.pk)
    assert (row.seq, row.rank, row.author) == (before.seq, before.rank, before.author)
    assert removed(row)
    [event] = events(heard)
    assert event.kind == "message.deleted"
    assert event.actor == "chief"
    assert event.message.seq == before.seq
    assert event.message.body == ""
    assert event.message.deleted.reason == "off topic"
    assert Event.objects.filter(kind="message.deleted", message=before.seq, actor__username="chief").count() == 1


def test_delete_selected_removes_each_of_them(desk, rows, heard):
    delete_selected(desk, rows[:2], reason="spam")
    assert removed(rows[0])
    assert removed(rows[1])
    assert not removed(rows[2])
    assert [(e.kind, e.message.deleted.reason) for e in events(heard)] == [("message.deleted", "spam")] * 2


def test_the_action_without_a_question_removes_each_of_them(desk, rows, heard):
    response = act(desk, "remove_selected", rows, reason="spam")
    assert all(removed(row) for row in rows)
    assert [e.message.deleted.reason for e in events(heard)] == ["spam"] * 3
    assert told(response) == ["Removed: message 4 in #kitchen, message 3 in #kitchen, message 2 in #kitchen."]


def test_the_reason_typed_beside_the_action_is_on_the_page_that_asks(desk, rows):
    assert 'value="rude"' in act(desk, "delete_selected", rows, reason="rude").content.decode()


def test_nothing_is_removed_without_a_reason(desk, rows, heard):
    for remove in (delete(desk, rows[0], reason=" "), delete_selected(desk, rows), act(desk, "remove_selected", rows)):
        assert told(remove) == ["Give a reason."]
    assert events(heard) == []


def test_what_was_removed_is_brought_back_after_a_question(desk, rows, heard):
    delete_selected(desk, rows[:2], reason="spam")
    assert "I’m sure" in shown(act(desk, "restore_selected", rows[:2]))
    assert told(act(desk, "restore_selected", rows[:2], post="yes", reason="")) == ["Give a reason."]
    assert removed(rows[0])
    act(desk, "restore_selected", rows[:2], post="yes", reason="a mistake")
    for row in rows[:2]:
        row.refresh_from_db()
    assert [row.body for row in rows[:2]] == ["one", "two"]
    assert [event.kind for event in events(heard)][2:] == ["message.restored"] * 2


def test_a_question_says_for_how_long_it_is_to_be_undone(desk, rows, settings):
    assert "for 24 hours" in shown(desk.get(url(rows[0], "delete")))
    settings.PARLEY = {**settings.PARLEY, "UNDO_HOURS": 0.0}
    assert "cannot be brought back" in shown(desk.get(url(rows[0], "delete")))


def test_a_message_is_shown_in_its_place_and_leads_there_and_back(desk, rows, room):
    delete(desk, rows[0], reason="spam")
    page = shown(desk.get(url(rows[1], "change")))
    assert "moderator took it away: spam" in page and "three" in page and "(this one)" in page
    assert f'href="{url(rows[2], "change")}"' in page
    assert f'href="/rooms/{room}/{rows[1].seq}/"' in page
    answer = desk.get(reverse("admin:chat_message_at", args=[room, rows[1].seq]))
    assert answer.headers["Location"] == url(rows[1], "change")
    assert desk.get(reverse("admin:chat_message_at", args=[room, 999])).status_code == 404


def test_deleting_asks_first(desk, rows, heard):
    desk.get(url(rows[0], "delete"))
    act(desk, "delete_selected", rows)
    assert not removed(rows[0])
    assert events(heard) == []


def test_what_hung_on_the_text_goes_with_it(desk, say, ben, room):
    row = Message.objects.get(seq=say("look @ben").seq)
    reactions.add_reaction(actor=ben, room=room, seq=row.seq, emoji="👍")
    delete(desk, row, reason="spam")
    assert not Reaction.objects.exists()
    assert not Mention.objects.exists()


def test_a_second_removal_changes_nothing(desk, rows, heard):
    delete(desk, rows[0], reason="first")
    delete(desk, rows[0], reason="second")
    rows[0].refresh_from_db()
    assert rows[0].deleted_reason == "first"
    assert len(events(heard)) == 1


def test_a_refusal_is_said_and_nothing_is_noted(desk, rows, heard):
    response = delete(desk, rows[0], reason="r" * 300)
    assert "The request is not valid. reason: At most 250 characters. (message 2 in #kitchen)" in told(response)
    assert not removed(rows[0])
    assert events(heard) == []
    assert "Removed" not in desk.get(url(rows[0], "history")).content.decode()


def test_one_refusal_spares_the_others(desk, rows, monkeypatch):
    def choosy(*, actor, room, seq, reason):
        if seq == rows[0].seq:
            raise Forbidden("Not this one.")
        messages.delete_message(actor=actor, room=room, seq=seq, reason=reason)

    monkeypatch.setattr(message, "delete_message", choosy)
    said = told(act(desk, "remove_selected", rows, reason="spam"))
    assert not removed(rows[0])
    assert removed(rows[1])
    assert "Not this one. (message 2 in #kitchen)" in said


def test_only_what_was_ticked_is_removed_whatever_the_form_claims(desk, rows):
    act(desk, "remove_selected", rows[:1], select_across="1", reason="spam")
    assert removed(rows[0])
    assert not removed(rows[1])


def test_nobody_rewrites_a_message(desk, rows):
    answer = desk.post(url(rows[0], "change"), {"body": "I love spam"})
    assert answer.status_code == 403
    assert desk.get(url(Message, "add")).status_code == 403
    assert 'name="body"' not in desk.get(url(rows[0], "change")).content.decode()
    rows[0].refresh_from_db()
    assert rows[0].body == "one"


def test_the_removal_is_in_the_history_of_the_message(desk, rows):
    delete(desk, rows[0], reason="spam")
    assert "Removed" in desk.get(url(rows[0], "history")).content.decode()


def test_staff_who_may_only_view_find_no_way_to_delete(staff, rows, heard):
    client = staff("view_message")
    pages = client.get(url(Message, "changelist")), client.get(url(rows[0], "change"))
    assert [page.status_code for page in pages] == [200, 200]
    offers = ("/delete/", "delete_selected", "remove_selected")
    assert not any(offer in page.content.decode() for page in pages for offer in offers)
    assert client.get(url(rows[0], "delete")).status_code == 403
    assert client.post(url(rows[0], "delete"), {"post": "yes"}).status_code == 403
    act(client, "delete_selected", rows, post="yes")
    act(client, "remove_selected", rows, reason="spam")
    assert not any(removed(row) for row in rows)
    assert events(heard) == []


def test_staff_with_the_right_to_delete_remove_messages(staff, rows):
    client = staff("view_message", "delete_message")
    delete(client, rows[0], reason="spam")
    assert removed(rows[0])


def test_staff_without_rights_are_refused(staff, rows):
    client = staff()
    assert client.get(url(Message, "changelist")).status_code == 403
    assert client.get(url(rows[0], "change")).status_code == 403
    assert client.get(url(rows[0], "delete")).status_code == 403


def test_nothing_is_removed_by_a_session_that_has_ended_meanwhile(desk, admin, rows, heard):
    credential = session_credential(desk.session.session_key)
    Revocation.objects.create(number=1000, user=admin, credential=credential, at=timezone.now())
    assert "removed" not in " ".join(told(delete(desk, rows[0], reason="spam"))).lower()
    assert not removed(rows[0])
    assert events(heard) == []


def test_a_form_from_elsewhere_is_refused(admin, rows):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.post(url(rows[0], "delete"), {"post": "yes"}).status_code == 403
    assert not removed(rows[0])

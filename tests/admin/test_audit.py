"""The audit log in the admin: found, read, undone, and never written."""

import pytest

from chat.models import AuditEntry, Message, Room
from chat.services import messages, rooms
from tests.admin.desk import act, delete_selected, shown, told, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def removal(admin, say, room):
    """The entry of a message of Anna's that the administrator removed."""
    messages.delete_message(actor=admin, room=room, seq=say("one").seq, reason="spam")
    return AuditEntry.objects.latest("number")


def test_an_act_is_undone_after_a_question_with_a_reason(desk, removal):
    page = shown(desk.get(url(removal, "change")))
    assert "message.removed" in page or "Message Removed" in page
    assert 'value="undo_selected"' in page and "spam" in page
    assert "I’m sure" in shown(act(desk, "undo_selected", [removal]))
    assert told(act(desk, "undo_selected", [removal], post="yes")) == ["Give a reason."]
    assert Message.objects.get().body == ""
    act(desk, "undo_selected", [removal], post="yes", reason="a mistake")
    assert Message.objects.get().body == "one"
    assert AuditEntry.objects.latest("number").reason == "a mistake"


def test_what_cannot_be_undone_is_said(desk, admin, removal, room):
    act(desk, "undo_selected", [removal], post="yes", reason="a mistake")
    undone = AuditEntry.objects.latest("number")
    answer = act(desk, "undo_selected", [undone], post="yes", reason="once more")
    assert told(answer) == [f"This cannot be undone. ({undone})"]


def test_it_is_found_by_act_room_and_who_did_it(desk, admin, anna, removal, room):
    rooms.archive_room(actor=anna, room=room)

    def found(**query):
        return [row.act for row in desk.get(url(AuditEntry, "changelist"), query).context["cl"].result_list]

    assert found() == ["room.archived", "message.removed"]
    assert found(act="message.removed") == ["message.removed"]
    assert found(q="@anna") == ["room.archived"]
    assert found(q=f"{room} @{admin.get_username()}") == ["message.removed"]
    assert found(q="nowhere") == []


def test_nobody_writes_it(desk, removal):
    assert desk.get(url(AuditEntry, "add")).status_code == 403
    assert desk.post(url(removal, "change"), {"reason": "none"}).status_code == 403
    assert desk.post(url(removal, "delete"), {"post": "yes"}).status_code == 403
    with pytest.raises(AssertionError):
        delete_selected(desk, [removal])
    assert AuditEntry.objects.get().reason == "spam"


def test_who_may_only_read_it_undoes_nothing(staff, removal):
    client = staff("view_auditentry")
    assert client.get(url(removal, "change")).status_code == 200
    act(client, "undo_selected", [removal], post="yes", reason="why not")
    assert Message.objects.get().body == ""
    assert Room.objects.exists()

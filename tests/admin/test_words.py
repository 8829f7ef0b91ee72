"""Word rules and held messages in the admin: rules made and ended, messages let through or not, live in open pages."""

import pytest

from chat.models import HeldMessage, Room, WordRule
from chat.services.posting import Held
from chat.services.word_rules import save_rule
from tests.admin.desk import act, delete, events, shown, told, url
from tests.world import post

pytestmark = pytest.mark.django_db(transaction=True)


def fields(**changes):
    return {"action": "mask", "kind": "words", "pattern": "bad*", "room": "", "spares": "moderator", **changes}


def test_a_rule_is_made_changed_and_taken_away(desk, ben, room):
    here = Room.objects.get(slug=room)
    desk.post(url(WordRule, "add"), fields(room=here.pk))
    made = WordRule.objects.get()
    assert (str(made), made.spares) == ("mask bad* in #kitchen", "moderator")
    assert post(ben, room, "badly").message.body == "▇▇▇▇▇"
    desk.post(url(made, "change"), fields(action="block", spares=""))
    made.refresh_from_db()
    assert (made.action, made.room, made.spares) == ("block", here, "")
    assert told(delete(desk, made)) == ["Taken away: block bad* in #kitchen."]
    assert not WordRule.objects.exists()
    assert post(ben, room, "badly").message.body == "badly"


def test_a_pattern_that_is_none_is_refused_in_words(desk):
    answer = desk.post(url(WordRule, "add"), fields(kind="regex", pattern="("), follow=True)
    assert told(answer) == ["The request is not valid. pattern: No pattern: missing ): (."]
    assert not WordRule.objects.exists()


@pytest.fixture
def held(admin, ben, room):
    save_rule(actor=admin, pattern="odd", action="hold")
    assert post(ben, room, "odd one", client_id="a") == post(ben, room, "odd two", client_id="b") == Held()
    return list(HeldMessage.objects.order_by("pk"))


def test_what_is_approved_is_said_in_its_order(desk, held, heard):
    assert "odd one" in shown(desk.get(url(HeldMessage, "changelist")))
    act(desk, "approve_selected", held)
    said = [event.message for event in events(heard) if event.kind == "message.created"]
    assert [(message.author.username, message.body) for message in said] == [("ben", "odd one"), ("ben", "odd two")]


def test_rejecting_asks_first_and_says_nothing(desk, held, heard):
    assert "I’m sure" in shown(act(desk, "reject_selected", held))
    act(desk, "reject_selected", held[:1], post="yes")
    assert [each.state for each in HeldMessage.objects.order_by("pk")] == ["rejected", "waiting"]
    assert events(heard) == []
    assert "(decided)" in shown(desk.get(url(HeldMessage, "changelist")))


@pytest.mark.parametrize("codenames", [("view_heldmessage",), ("delete_message",)])
def test_staff_who_may_not_do_both_see_or_act_on_nothing(staff, held, heard, codenames):
    helper = staff(*codenames)
    act(helper, "approve_selected", held)
    assert events(heard) == []

"""What one is told about rights is what the services decide."""

import pytest

from chat.domain.errors import Blocked, Forbidden, Muted, NotFound, SlowMode
from chat.domain.policy import Act
from chat.queries.rights import ACTS, explained, rights_of
from chat.services import rooms, sanctions, word_rules
from tests.world import administrator, say


def told(person, room, **options):
    return dict(explained(person, room, **options))


def test_every_act_is_asked_for():
    assert {act for _, act, _ in ACTS} == set(Act)


def test_each_answer_is_the_policys_with_its_reason(world):
    answers = told(world.ben, world.harbour)
    assert answers["write a message"] == "" == answers["edit a message of their own"]
    assert answers["edit another's message"] == "forbidden: Only its author may edit a message."
    assert answers["change the room"] == "forbidden: Only its owners may change a room."
    assert set(told(world.cleo, world.bridge).values()) == {f"not_found: {NotFound().message}"}
    sanctions.impose(actor=world.anna, person=world.ben, kind="mute", reason="shouting", room=world.harbour)
    muted = told(world.ben, world.harbour)
    assert muted["write a message"].startswith("muted: You are muted here") and muted["read"] == ""
    with pytest.raises(NotFound):
        explained(world.ben, "nowhere")


def test_slow_mode_and_the_rules_are_asked_with_what_would_be_written(world):
    root = administrator()
    word_rules.save_rule(actor=root, pattern="bad", action="block")
    word_rules.save_rule(actor=root, pattern="odd", action="hold")
    assert told(world.ben, world.harbour, text="bad")["write a message"] == f"blocked: {Blocked().message}"
    held = told(world.ben, world.harbour, text="odd")
    assert held["write a message"] == "" and "moderator" in held["have this text shown at once"]
    rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=30)
    assert rights_of(world.ben, world.harbour).to_write is None
    say(world.ben, world.harbour, "one")
    assert isinstance(rights_of(world.ben, world.harbour).to_write, SlowMode)
    assert told(world.ben, world.harbour)["write a message"].startswith("slow_mode: ")
    assert Act.SEND in rights_of(world.ben, world.harbour).acts, "who waits a little may still write here"


def test_what_a_message_would_be_answered(world):
    rooms.change_room(actor=world.anna, room=world.harbour, announcements=True)
    assert isinstance(rights_of(world.ben, world.harbour).to_write, Forbidden)
    sanctions.impose(actor=administrator(), person=world.ben, kind="mute", reason="x")
    assert isinstance(rights_of(world.ben, world.harbour).to_write, Muted)

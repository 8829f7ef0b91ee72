"""What a moderator did is undone from the audit log while the time for that lasts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import models
from chat.domain.errors import ChatError, Conflict, Forbidden, Invalid
from chat.queries import history, rooms
from chat.services import accounts, guests, memberships, messages, sanctions
from chat.services import rooms as services
from chat.services.undo import undo
from tests.world import administrator, fresh, post, say


@pytest.fixture(autouse=True)
def _heads(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads.log"


def newest():
    return models.AuditEntry.objects.select_related("room", "person").latest("number")


def undo_newest(actor):
    undo(actor=actor, entry=newest(), reason="a mistake")


def role(world, person):
    row = models.Membership.objects.filter(room__slug=world.harbour, user=person).first()
    return row and row.role


def test_a_removed_message_comes_back(world):
    seq = say(world.ben, world.harbour, "Ahoy").seq
    messages.delete_message(actor=world.dora, room=world.harbour, seq=seq, reason="spam")
    undo_newest(world.dora)
    assert history.message(world.anna, world.harbour, seq).body == "Ahoy"
    assert (newest().act, newest().reason) == ("message.restored", "a mistake")


@pytest.mark.parametrize("kind", ["mute", "ban"])
def test_a_mute_or_ban_is_lifted(world, kind):
    sanctions.impose(actor=world.dora, person=world.ben, kind=kind, room=world.harbour, reason="spam")
    undo_newest(world.anna)
    assert post(world.ben, world.harbour, "Ahoy").created
    assert newest().act == f"{kind}.lifted"


def test_members_are_again_what_they_were(world):
    memberships.change_member(actor=world.anna, room=world.harbour, username="ben", role="moderator")
    undo_newest(world.anna)
    assert role(world, world.ben) == "member"
    memberships.remove_member(actor=world.anna, room=world.harbour, username="dora")
    undo_newest(world.anna)
    assert role(world, world.dora) == "moderator"
    memberships.add_member(actor=world.dora, room=world.harbour, username="cleo")
    undo_newest(world.dora)
    assert role(world, world.cleo) is None


def test_rooms_are_again_what_they_were_unless_changed_since(world):
    services.change_room(actor=world.anna, room=world.harbour, title="Quay")
    first = newest()
    services.change_room(actor=world.anna, room=world.harbour, title="Pier")
    with pytest.raises(Conflict, match="changed again"):
        undo(actor=world.anna, entry=models.AuditEntry.objects.get(pk=first.pk), reason="a mistake")
    undo_newest(world.anna)
    assert rooms.visible_room(world.anna, world.harbour).title == "Quay"
    services.archive_room(actor=world.anna, room=world.harbour)
    undo_newest(world.anna)
    assert not rooms.visible_room(world.anna, world.harbour).archived
    undo_newest(world.anna)
    assert rooms.visible_room(world.anna, world.harbour).archived


def test_accounts_are_again_what_they_were(world):
    root = administrator()
    accounts.deactivate(actor=root, person=world.ben)
    undo_newest(root)
    assert fresh(world.ben).is_active
    undo_newest(root)
    assert not fresh(world.ben).is_active


def test_what_has_no_opposite_or_no_reason_or_is_too_old_is_not_undone(world):
    root = administrator()
    guests.set_guest(actor=root, person=world.ben, guest=True)
    with pytest.raises(Conflict, match="cannot be undone"):
        undo_newest(root)
    services.archive_room(actor=root, room=world.harbour)
    with pytest.raises(Invalid):
        undo(actor=root, entry=newest(), reason=" ")
    models.AuditEntry.objects.update(at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Conflict, match="over"):
        undo_newest(root)


def test_nobody_undoes_what_they_could_not_do(world):
    services.archive_room(actor=world.anna, room=world.harbour)
    with pytest.raises(Forbidden):
        undo_newest(world.dora)
    sanctions.impose(actor=world.anna, person=world.dora, kind="mute", room=world.harbour, reason="rants")
    with pytest.raises(ChatError):
        undo_newest(world.dora)

"""Undoing what a moderator did, as the audit log has it: by the opposite act, which whoever undoes must be allowed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.conf import conf
from chat.domain.errors import Conflict
from chat.domain.text import clean_line
from chat.services import accounts, memberships, rights, rooms, sanctions
from chat.services._audit import Act
from chat.services.removal import restore_message

Undo = Callable[[AbstractUser, models.AuditEntry, str], object]


def undo(*, actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    """Undoes an act while the time for that lasts; what was undone already stays so. The opposite is an act as well.

    Raises Conflict for what cannot be undone, is too old or was changed since, Invalid for no reason, and what the
    opposite act raises.
    """
    reason = clean_line(reason, name="reason", longest=250)
    opposite = OPPOSITES.get(entry.act)
    if opposite is None:
        raise Conflict("This cannot be undone.")
    if entry.at + timedelta(hours=conf().UNDO_HOURS) <= timezone.now():
        raise Conflict("The time to undo this is over.")
    opposite(actor, entry, reason)


def _restore(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    restore_message(actor=actor, room=_room(entry), seq=cast(int, entry.message), reason=reason)


def _lift(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    sanction = models.Sanction.objects.select_related("room", "person").get(pk=entry.details["sanction"])
    sanctions.lift(actor=actor, sanction=sanction, reason=reason)


def _add(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    memberships.add_member(actor=actor, room=_room(entry), username=_name(entry), role=entry.details["role"])


def _remove(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    memberships.remove_member(actor=actor, room=_room(entry), username=_name(entry), reason=reason)


def _change_back(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    memberships.change_member(actor=actor, room=_room(entry), username=_name(entry), role=entry.details["was"])


def _rename(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    now = entry.details["now"]
    if any(getattr(entry.room, name) != value for name, value in now.items()):
        raise Conflict("The room was changed again since then.")
    was: dict[str, Any] = entry.details["was"]
    rooms.change_room(actor=actor, room=_room(entry), **was)


def _rights(actor: AbstractUser, entry: models.AuditEntry, reason: str) -> None:
    rights.change_rights_back(actor=actor, person=cast(AbstractUser, entry.person), **entry.details)


def _room(entry: models.AuditEntry) -> str:
    return cast(models.Room, entry.room).slug


def _name(entry: models.AuditEntry) -> str:
    return cast(AbstractUser, entry.person).get_username()


OPPOSITES: dict[str, Undo] = {
    Act.MESSAGE_REMOVED: _restore,
    Act.MUTED: _lift,
    Act.BANNED: _lift,
    Act.MEMBER_REMOVED: _add,
    Act.MEMBER_ADDED: _remove,
    Act.MEMBER_CHANGED: _change_back,
    Act.ROOM_CHANGED: _rename,
    Act.ROOM_ARCHIVED: lambda actor, entry, _: rooms.unarchive_room(actor=actor, room=_room(entry)),
    Act.ROOM_REOPENED: lambda actor, entry, _: rooms.archive_room(actor=actor, room=_room(entry)),
    Act.RIGHTS_CHANGED: _rights,
    Act.ACCOUNT_DEACTIVATED: lambda actor, entry, _: accounts.activate(
        actor=actor, person=cast(AbstractUser, entry.person)
    ),
    Act.ACCOUNT_ACTIVATED: lambda actor, entry, _: accounts.deactivate(
        actor=actor, person=cast(AbstractUser, entry.person)
    ),
}

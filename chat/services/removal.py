"""Removing much at once, bringing back what was removed, and erasing it when the time for that is over."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from chat import models
from chat.domain import shapes
from chat.domain.errors import Forbidden, Invalid
from chat.domain.policy import Act
from chat.domain.text import clean_line
from chat.queries.access import moderates_site
from chat.queries.shapes import message_shape
from chat.services._record import require, room_log, sqlite_writer, write_transaction
from chat.services._removal import remove, restore
from chat.services.messages import find

AT_ONCE = 100
"""Messages that are removed in one transaction."""
PATIENCE_MS = 200
"""How long forgetting waits for readers; those who write wait as long. What is not forgotten now is the next time."""


def restore_message(*, actor: AbstractUser, room: str, seq: int, reason: str = "") -> shapes.Message:
    """Brings back what a moderator removed, as it was. What is not removed stays as it is.

    Raises NotFound, Forbidden, Invalid, and Conflict when its author deleted it or the time to undo is over.
    """
    reason = clean_line(reason, name="reason", longest=250, required=False)
    with room_log(room) as log:
        message = find(log, actor, seq, Act.RESTORE)
        if message.deleted_at is not None:
            restore(log, message, actor=actor, reason=reason)
        return message_shape(message)


def remove_messages_of(
    *,
    actor: AbstractUser,
    person: AbstractUser,
    reason: str,
    since: datetime,
    until: datetime | None = None,
    room: str | None = None,
) -> int:
    """Removes all that somebody wrote from `since` until before `until`, in a room or everywhere; how many they were.

    In several transactions, each of one room. Raises NotFound, Forbidden, Invalid.
    """
    reason = clean_line(reason, name="reason", longest=250)
    if actor.pk == person.pk:
        raise Invalid("One's own messages are deleted one by one.")
    until = until or timezone.now()
    theirs = models.Message.objects.filter(
        author=person.pk, deleted_at=None, created_at__gte=since, created_at__lt=until
    )
    if room is not None:
        return _remove_in(room, theirs.filter(room__slug=room), actor, reason)
    if not moderates_site(actor):
        raise Forbidden()
    slugs = list(theirs.order_by("room").values_list("room__slug", flat=True).distinct())
    return sum(_remove_in(slug, theirs.filter(room__slug=slug), actor, reason) for slug in slugs)


def erase_ended() -> int:
    """Erases what can be brought back no longer, in the files of SQLite too; how many messages that were."""
    with write_transaction():
        erased, _ = models.Quarantine.objects.filter(ends_at__lte=timezone.now()).delete()
    if connection.vendor == "sqlite":
        _forget_log()
    return erased


def _remove_in(slug: str, theirs: QuerySet[models.Message], actor: AbstractUser, reason: str) -> int:
    removed = 0
    while True:
        with room_log(slug) as log:
            require(Act.DELETE, log.room, actor)
            chunk = list(theirs.order_by("seq").select_related("author")[:AT_ONCE])
            for message in chunk:
                remove(log, message, actor=actor, reason=reason)
        removed += len(chunk)
        if len(chunk) < AT_ONCE:
            return removed


def _forget_log() -> None:
    """SQLite's write-ahead log holds what pages were before, until it is emptied."""
    with sqlite_writer, connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [usual] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")

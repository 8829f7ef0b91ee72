"""What becomes of a message's text, within the transaction of a use case: erased, kept for a while, brought back."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.conf import conf
from chat.domain import shapes
from chat.domain.errors import Conflict
from chat.domain.text import render
from chat.queries.access import is_guest
from chat.queries.shapes import message_shape
from chat.services._audit import Act, record_act
from chat.services._mentions import known_mentions, save_mentions
from chat.services._record import RoomLog

GONE = "The text of this message is gone and cannot be brought back."


def record_message(log: RoomLog, message: models.Message, kind: str, actor: AbstractUser) -> None:
    """Saves a changed message and records the event that carries its newest state."""
    message.version = log.next_seq()
    message.save()
    event = shapes.MessageEvent(message.version, kind, log.now, actor.get_username(), message_shape(message))  # type: ignore[arg-type]
    log.record(event, actor=actor, message=message.seq)


def put_text(log: RoomLog, message: models.Message, body: str, *, author: AbstractUser) -> None:
    """Gives a message this text, its HTML and whom it mentions; the caller saves it."""
    message.body = body
    message.mentions = sorted(known_mentions(log.room, body, guest=is_guest(author)))
    message.html = render(body, message.mentions)
    save_mentions(log.room, message.seq, message.mentions)


def erase(log: RoomLog, message: models.Message, *, actor: AbstractUser, reason: str = "") -> None:
    """Takes away all that the author put into the message, and what hangs on it."""
    message.body = message.html = ""
    message.mentions = []
    message.pinned = False
    message.edited_at = None
    models.Reaction.objects.filter(message=message).delete()
    models.Mention.objects.filter(room=message.room_id, seq=message.seq).delete()
    message.deleted_at = log.now
    message.deleted_by = "author" if message.author_id == actor.pk else "moderator"
    message.deleted_reason = reason
    record_message(log, message, "message.deleted", actor)


def remove(log: RoomLog, message: models.Message, *, actor: AbstractUser, reason: str) -> None:
    """As a moderator: erases it but for what undoing takes, which is kept apart as long as that is possible."""
    if conf().UNDO_HOURS > 0:
        _keep(message, until=log.now + timedelta(hours=conf().UNDO_HOURS))
    erase(log, message, actor=actor, reason=reason)
    record_act(
        Act.MESSAGE_REMOVED, actor=actor, room=log.room, person=message.author_id, message=message.seq, reason=reason
    )


def restore(log: RoomLog, message: models.Message, *, actor: AbstractUser, reason: str) -> None:
    """Makes a removed message what it was. Raises Conflict when there is nothing left of it."""
    kept = models.Quarantine.objects.filter(message=message, ends_at__gt=log.now).first()
    if kept is None:
        raise Conflict(GONE)
    put_text(log, message, kept.body, author=message.author)
    message.pinned, message.edited_at = kept.pinned, kept.edited_at
    message.deleted_at, message.deleted_by, message.deleted_reason = None, "", ""
    models.Reaction.objects.bulk_create(
        models.Reaction(message=message, user_id=user, emoji=emoji, created_at=datetime.fromisoformat(at))
        for user, emoji, at in kept.reactions
    )
    kept.delete()
    record_message(log, message, "message.restored", actor)
    record_act(
        Act.MESSAGE_RESTORED, actor=actor, room=log.room, person=message.author_id, message=message.seq, reason=reason
    )


def _keep(message: models.Message, *, until: datetime) -> None:
    rows = models.Reaction.objects.filter(message=message).order_by("pk")
    reactions = [
        (user, emoji, at.isoformat()) for user, emoji, at in rows.values_list("user_id", "emoji", "created_at")
    ]
    models.Quarantine.objects.create(
        message=message,
        body=message.body,
        pinned=message.pinned,
        edited_at=message.edited_at,
        reactions=reactions,
        ends_at=until,
    )

"""Reacting to a message with an emoji."""

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain import shapes
from chat.domain.errors import Conflict
from chat.domain.policy import Act
from chat.domain.text import clean_emoji
from chat.queries.shapes import message_shape
from chat.services._record import RoomLog, room_log
from chat.services.memberships import enter
from chat.services.messages import find, require_text

MOST = 50
"""Different emoji one message can have."""


def add_reaction(*, actor: AbstractUser, room: str, seq: int, emoji: str) -> shapes.Message:
    """Reacts to a message; the same emoji twice is once. A non-member of an open room joins by it.

    Raises NotFound, Locked, Conflict for a deleted message or one with too many emoji, Invalid for what is no emoji.
    """
    emoji = clean_emoji(emoji)
    with room_log(room) as log:
        message = find(log, actor, seq, Act.REACT)
        require_text(message)
        mine = models.Reaction.objects.filter(message=message, user=actor.pk, emoji=emoji)
        if not mine.exists():
            _require_space(message, emoji)
            if not models.Membership.objects.filter(room=log.room, user=actor.pk).exists():
                enter(log, actor, "member", actor=actor)
            models.Reaction.objects.create(message=message, user_id=actor.pk, emoji=emoji, created_at=log.now)
            _record(log, message, "reaction.added", emoji, actor)
        return message_shape(message)


def remove_reaction(*, actor: AbstractUser, room: str, seq: int, emoji: str) -> shapes.Message:
    """Takes one's reaction back; one that is not there changes nothing. Raises NotFound, Locked, Invalid."""
    emoji = clean_emoji(emoji)
    with room_log(room) as log:
        message = find(log, actor, seq, Act.REACT)
        gone, _ = models.Reaction.objects.filter(message=message, user=actor.pk, emoji=emoji).delete()
        if gone:
            _record(log, message, "reaction.removed", emoji, actor)
        return message_shape(message)


def _require_space(message: models.Message, emoji: str) -> None:
    present = set(models.Reaction.objects.filter(message=message).values_list("emoji", flat=True))
    if emoji not in present and len(present) >= MOST:
        raise Conflict(f"A message has at most {MOST} different emoji.")


def _record(log: RoomLog, message: models.Message, kind: str, emoji: str, actor: AbstractUser) -> None:
    message.version = log.next_seq()
    message.save(update_fields=["version"])
    reactions = message_shape(message).reactions
    event = shapes.ReactionEvent(
        message.version,
        kind,  # type: ignore[arg-type]
        log.now,
        actor.get_username(),
        message.seq,
        message.version,
        emoji,
        reactions,
    )
    log.record(event, actor=actor, message=message.seq, emoji=emoji)

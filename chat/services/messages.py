"""Editing, deleting and pinning a message. Writing one is in posting.py."""

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain import shapes
from chat.domain.cursors import check_seq
from chat.domain.errors import Conflict, NotFound
from chat.domain.policy import Act, Standing, Target, refusal
from chat.domain.text import clean_body, clean_line
from chat.queries.access import facts
from chat.queries.shapes import message_shape
from chat.queries.words import Rules, said
from chat.services._record import RoomLog, require, room_log
from chat.services._removal import erase, put_text, record_message, remove


def edit_message(*, actor: AbstractUser, room: str, seq: int, body: str) -> shapes.Message:
    """Gives one's own message another text. The same text again changes nothing.

    Raises NotFound, Forbidden for another's message, Conflict for a deleted one, Invalid for an unfit text, Blocked for
    one that a rule refuses.
    """
    body = clean_body(body)
    with room_log(room) as log:
        message, person = _find(log, actor, seq, Act.EDIT)
        require_text(message)
        if body != message.body:
            put_text(log, message, _fit(log, person, body), author=actor)
            message.edited_at = log.now
            record_message(log, message, "message.edited", actor)
        return message_shape(message)


def delete_message(*, actor: AbstractUser, room: str, seq: int, reason: str = "") -> shapes.Message:
    """Takes the text of a message away: one's own for good, as a moderator anybody's, with a reason that all may read.

    What was deleted stays as it is. Raises NotFound, Forbidden, Invalid for an unfit reason.
    """
    reason = clean_line(reason, name="reason", longest=250, required=False)
    with room_log(room) as log:
        message = find(log, actor, seq, Act.DELETE)
        if message.deleted_at is None:
            take_away = erase if message.author_id == actor.pk else remove
            take_away(log, message, actor=actor, reason=reason)
        return message_shape(message)


def pin_message(*, actor: AbstractUser, room: str, seq: int) -> shapes.Message:
    """Pins a message for all in the room. Raises NotFound, Forbidden, Conflict for a deleted one."""
    return _set_pinned(actor, room, seq, pinned=True)


def unpin_message(*, actor: AbstractUser, room: str, seq: int) -> shapes.Message:
    """Takes the pin off. Raises like pin_message."""
    return _set_pinned(actor, room, seq, pinned=False)


def _set_pinned(actor: AbstractUser, room: str, seq: int, *, pinned: bool) -> shapes.Message:
    with room_log(room) as log:
        message = find(log, actor, seq, Act.PIN)
        require_text(message)
        if message.pinned != pinned:
            message.pinned = pinned
            message.version = log.next_seq()
            message.save(update_fields=["pinned", "version"])
            kind = "message.pinned" if pinned else "message.unpinned"
            event = shapes.PinEvent(message.version, kind, log.now, actor.get_username(), seq, message.version)  # type: ignore[arg-type]
            log.record(event, actor=actor, message=seq)
        return message_shape(message)


def find(log: RoomLog, actor: AbstractUser, seq: int, act: Act) -> models.Message:
    """The message `seq` of the locked room if the actor may do `act` on it; raises NotFound or the refusal."""
    return _find(log, actor, seq, act)[0]


def _find(log: RoomLog, actor: AbstractUser, seq: int, act: Act) -> tuple[models.Message, Standing]:
    message = models.Message.objects.filter(room=log.room, seq=check_seq(seq, "seq")).first()
    own = message is not None and message.author_id == actor.pk
    person = require(act if message else Act.READ, log.room, actor, Target(own=own))
    if message is None:
        raise NotFound("There is no such message.")
    return message, person


def _fit(log: RoomLog, person: Standing, body: str) -> str:
    """The text as the rules of the room let it stand. Raises Blocked."""
    verdict = Rules([log.room.pk]).verdict(log.room.pk, person, body)
    target = Target(own=True, said=said(verdict, person))
    if refused := refusal(Act.EDIT, person, facts(log.room), target):
        raise refused
    return verdict.body


def require_text(message: models.Message) -> None:
    """Raises Conflict for a message whose text is gone."""
    if message.deleted_at is not None:
        raise Conflict("This message was deleted.")

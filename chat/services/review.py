"""Deciding on messages that a rule holds back."""

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain import policy
from chat.domain.errors import ChatError, Conflict
from chat.services._audit import Act, record_act
from chat.services._batch import Batch
from chat.services._record import lock_rooms, require, write_transaction
from chat.services._send import Send, key_of

State = models.HeldMessage.State


def approve(*, actor: AbstractUser, held: models.HeldMessage) -> None:
    """Posts a held message as its author's, now. What was decided before stays as it is.

    Raises NotFound, Forbidden, and Conflict while its author may not write there.
    """
    with write_transaction():
        row = _claim(actor, held)
        if row is None:
            return
        send = Send(row.author_id, row.room.slug, row.client_id, row.body, row.reply_to, approved=True)
        batch = Batch([send], skip_locked=False)
        [result] = batch.results
        if isinstance(result, ChatError):
            raise Conflict(f"Its author may not write there now: {result.message}")
        batch.write()
        _decide(row, State.APPROVED, actor)
        _, posted = batch.posted[key_of(send)]
        record_act(Act.MESSAGE_APPROVED, actor=actor, room=row.room, person=row.author_id, message=posted.seq)


def reject(*, actor: AbstractUser, held: models.HeldMessage) -> None:
    """Lets a held message go unsaid, and its text with it. Raises NotFound, Forbidden."""
    with write_transaction():
        if row := _claim(actor, held):
            _decide(row, State.REJECTED, actor)
            record_act(Act.MESSAGE_REJECTED, actor=actor, room=row.room, person=row.author_id)


def _claim(actor: AbstractUser, held: models.HeldMessage) -> models.HeldMessage | None:
    """The row under the lock of its room, by which those who decide wait for each other; None once it is decided."""
    slug = held.room.slug
    log = lock_rooms([slug])[slug]
    require(policy.Act.REVIEW, log.room, actor, subject=held.author_id)
    return models.HeldMessage.objects.select_related("room").filter(pk=held.pk, state=State.WAITING).first()


def _decide(row: models.HeldMessage, state: State, actor: AbstractUser) -> None:
    row.body, row.state = "", state
    row.decided_at, row.decided_by_id = timezone.now(), actor.pk
    row.save()

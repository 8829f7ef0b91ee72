"""Sends that wait for a moderator, within the transaction of a batch."""

from chat import models
from chat.domain.errors import Blocked, Conflict, RateLimited
from chat.services._record import RoomLog
from chat.services._send import Held, Send, digest

MOST_WAITING = 20
"""Messages of one person that may wait for review at once."""
REJECTED = "A moderator has looked at this message and does not let it through."
WAIT = "Several of your messages wait for review already."


def earlier(log: RoomLog, send: Send) -> Held | Blocked | None:
    """What a repeated send is answered that was held before. Raises Conflict for another text."""
    where = {"room": log.room, "author": send.actor_id, "client_id": send.client_id}
    row = models.HeldMessage.objects.filter(**where).first()
    if row is None:
        return None
    if row.digest != digest(send):
        raise Conflict("This client_id was used for another message.")
    return Blocked(REJECTED) if row.state == models.HeldMessage.State.REJECTED else Held()


def hold(log: RoomLog, send: Send) -> Held:
    """Keeps a send for review. Raises RateLimited for who has too much there already."""
    waiting = models.HeldMessage.objects.filter(author=send.actor_id, state=models.HeldMessage.State.WAITING)
    if waiting.count() >= MOST_WAITING:
        raise RateLimited(WAIT, retry_after_ms=60_000)
    models.HeldMessage.objects.create(
        room=log.room,
        author_id=send.actor_id,
        client_id=send.client_id,
        digest=digest(send),
        body=send.body,
        reply_to=send.reply_to,
        held_at=log.now,
    )
    return Held()

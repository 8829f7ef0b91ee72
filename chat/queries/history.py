"""A room's messages, a page at a time, at the same cost at any depth."""

from django.db.models import QuerySet

from chat import models
from chat.domain.cursors import Position, check_seq
from chat.domain.errors import Invalid, NotFound
from chat.domain.shapes import HistoryPage, Message
from chat.queries.access import Viewer, readable
from chat.queries.shapes import message_shapes

MOST = 100
"""The most messages of one page."""
MOST_PINS = 50
"""The most pinned messages that are shown."""


def page(
    viewer: Viewer,
    slug: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    reply_to: int | None = None,
    limit: int = 50,
) -> HistoryPage:
    """The newest messages of a room, or those next to a seq; newest first, both bounds exclusive.

    With `reply_to` only those that answer this message.

    `head` is read before the messages, so following the log from it misses nothing of what changes meanwhile. Raises
    NotFound for a room the viewer may not see, Invalid for contradicting or impossible bounds.
    """
    bounds = {"before": before, "after": after, "around": around}
    if sum(bound is not None for bound in bounds.values()) > 1:
        raise Invalid("Give one of before, after and around.")
    if not 1 <= limit <= MOST:
        raise Invalid(fields={"limit": f"A number from 1 to {MOST}."})
    for name, bound in (*bounds.items(), ("reply_to", reply_to)):
        check_seq(bound or 0, name)
    room, _, position = readable(viewer, slug)
    rows = models.Message.objects.filter(room=room)
    if reply_to is not None:
        rows = rows.filter(reply_to=reply_to)
    if after is not None:
        return _newer(rows.filter(seq__gt=after), limit, position)
    if around is not None:
        return _around(rows, around, limit, position)
    return _older(rows if before is None else rows.filter(seq__lt=before), limit, position, newest=before is None)


def pins(viewer: Viewer, slug: str) -> list[Message]:
    """The pinned messages of a room, the newest first, at most MOST_PINS. Raises NotFound."""
    rows = models.Message.objects.filter(room=readable(viewer, slug).room, pinned=True)
    return message_shapes(rows.order_by("-seq")[:MOST_PINS])


def message(viewer: Viewer, slug: str, seq: int) -> Message:
    """One message of a room. Raises NotFound."""
    room = readable(viewer, slug).room
    found = message_shapes(models.Message.objects.filter(room=room, seq=check_seq(seq, "seq")))
    if not found:
        raise NotFound()
    return found[0]


def _older(rows: QuerySet[models.Message], limit: int, position: Position, *, newest: bool) -> HistoryPage:
    found = message_shapes(rows.order_by("-seq")[: limit + 1])
    return HistoryPage(found[:limit], position.head, position.epoch, len(found) > limit, not newest)


def _newer(rows: QuerySet[models.Message], limit: int, position: Position) -> HistoryPage:
    found = message_shapes(rows.order_by("seq")[: limit + 1])
    return HistoryPage(found[:limit][::-1], position.head, position.epoch, True, len(found) > limit)


def _around(rows: QuerySet[models.Message], seq: int, limit: int, position: Position) -> HistoryPage:
    """Half the page up to and with `seq`, half behind it."""
    older = _older(rows.filter(seq__lte=seq), limit - limit // 2, position, newest=False)
    newer = _newer(rows.filter(seq__gt=seq), limit // 2, position) if limit > 1 else None
    found = (newer.messages if newer else []) + older.messages
    has_newer = newer.has_newer if newer else True
    return HistoryPage(found, position.head, position.epoch, older.has_older, has_newer)

"""A room's messages, a page at a time, at the same cost at any depth."""

from functools import lru_cache
from typing import NamedTuple

from django.db.models import BigIntegerField, Q

from chat import models
from chat.domain.cursors import Position, check_seq
from chat.domain.errors import Invalid, NotFound
from chat.domain.shapes import HistoryPage, Message
from chat.queries.access import Viewer, readable
from chat.queries.shapes import MESSAGE_COLUMNS, message_shapes, shaped
from chat.statements.built import Given, Statement

MOST = 100
"""The most messages of one page."""
MOST_PINS = 50
"""The most pinned messages that are shown."""
HIGHEST = 2**63 - 1
"""No message has a seq like this."""


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
    rows = _Rows(room.pk, reply_to)
    if after is not None:
        return _newer(rows, after, limit, position)
    if around is not None:
        return _around(rows, around, limit, position)
    return _older(rows, HIGHEST if before is None else before, limit, position, newest=before is None)


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


class _Rows(NamedTuple):
    """Which messages a page is of: those of a room, or those there that answer one."""

    room: int
    reply_to: int | None

    def next_to(self, seq: int, most: int, *, newer: bool) -> list[Message]:
        """The first `most` older or newer ones."""
        statement = _next_to(newer=newer, replies=self.reply_to is not None, most=most)
        return shaped(statement.rows(room=self.room, seq=seq, reply_to=self.reply_to))


@lru_cache(maxsize=8 * MOST)
def _next_to(*, newer: bool, replies: bool, most: int) -> Statement:
    seq = Given("seq", BigIntegerField())
    beside, order = (Q(seq__gt=seq), "seq") if newer else (Q(seq__lt=seq), "-seq")
    answering = Q(reply_to=Given("reply_to", BigIntegerField())) if replies else Q()
    rows = models.Message.objects.filter(beside, answering, room=Given("room", BigIntegerField())).order_by(order)
    return Statement(lambda: rows.values_list(*MESSAGE_COLUMNS)[:most])


def _older(rows: _Rows, before: int, limit: int, position: Position, *, newest: bool) -> HistoryPage:
    found = rows.next_to(before, limit + 1, newer=False)
    return HistoryPage(found[:limit], position.head, position.epoch, len(found) > limit, not newest)


def _newer(rows: _Rows, after: int, limit: int, position: Position) -> HistoryPage:
    found = rows.next_to(after, limit + 1, newer=True)
    return HistoryPage(found[:limit][::-1], position.head, position.epoch, True, len(found) > limit)


def _around(rows: _Rows, seq: int, limit: int, position: Position) -> HistoryPage:
    """Half the page up to and with `seq`, half behind it."""
    older = _older(rows, seq + 1, limit - limit // 2, position, newest=False)
    newer = _newer(rows, seq, limit // 2, position) if limit > 1 else None
    found = (newer.messages if newer else []) + older.messages
    has_newer = newer.has_newer if newer else True
    return HistoryPage(found, position.head, position.epoch, older.has_older, has_newer)

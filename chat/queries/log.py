"""The one reader of a room's log, behind every transport."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import BigIntegerField

from chat import models
from chat.domain import shapes
from chat.domain.cursors import check_cursor, judge
from chat.domain.errors import ChatError, Unauthenticated
from chat.queries.access import Viewer, located, refused_readers
from chat.queries.shapes import MESSAGE_COLUMNS, full_room_shape, people_shapes, shaped
from chat.statements.built import Given, GivenMany, Statement

PAGE = 500
"""The most events of one page."""

EVENT_COLUMNS = ("seq", "kind", "at", "actor__username", "message", "emoji", "subject_id", "role")


ROOM = Given("room", BigIntegerField())
EVENTS = Statement(
    lambda: (
        models.Event.objects.filter(
            room=ROOM, seq__gt=Given("after", BigIntegerField()), seq__lte=Given("upto", BigIntegerField())
        )
        .order_by("seq")
        .values_list(*EVENT_COLUMNS)
    )
)
MESSAGES = Statement(
    lambda: models.Message.objects.filter(room=ROOM, seq__in=GivenMany("seqs", BigIntegerField())).values_list(
        *MESSAGE_COLUMNS
    )
)


def events_after(
    viewer: Viewer, slug: str, *, after: int, epoch: str | None, limit: int = PAGE
) -> shapes.LogPage | shapes.Reset:
    """The events behind the cursor (`epoch`, `after`), at most `limit`, or why the cursor cannot be followed.

    Raises NotFound for a room the viewer may not see, Invalid for an impossible cursor.
    """
    if not viewer.is_active or viewer.pk is None:
        raise Unauthenticated()
    found, refused = events_for([viewer.pk], slug, after=after, epoch=epoch, limit=limit)
    if viewer.pk in refused:
        raise refused[viewer.pk]
    return found


def events_for(
    user_ids: Collection[int], slug: str, *, after: int, epoch: str | None, limit: int = PAGE
) -> tuple[shapes.LogPage | shapes.Reset, dict[int, ChatError]]:
    """events_after for several people at once, and which of them may not have it.

    The head is read first, so the page never ends ahead of what it says; the rights last, so nobody is shown what
    came after they had lost them. Raises NotFound for no such room, Invalid for an impossible cursor.
    """
    check_cursor(after=after, epoch=epoch)
    room, position = located(slug)
    found: shapes.LogPage | shapes.Reset
    if reason := judge(after=after, epoch=epoch, position=position):
        found = shapes.Reset(slug, reason, position.oldest, position.head, position.epoch)
    else:
        upto = min(position.head, after + limit)
        events = read(room, after=after, upto=upto)
        found = shapes.LogPage(events, upto, position.epoch, position.head, more=upto < position.head)
    return found, refused_readers(room, user_ids)


def committed_after(slug: str, *, after: int, limit: int = PAGE) -> list[shapes.Event]:
    """Events behind `after` for a worker that repairs its own knowledge of the room; asks no rights."""
    room, position = located(slug)
    return read(room, after=after, upto=min(position.head, after + limit))


def read(room: models.Room, *, after: int, upto: int) -> list[shapes.Event]:
    """The events `after` < seq <= `upto` of a room, for readers whose rights were asked for already."""
    if upto <= after:
        return []
    rows = EVENTS.rows(room=room.pk, after=after, upto=upto)
    messages = _messages(room, {row[4] for row in rows if row[4] is not None})
    people = people_shapes(row[6] for row in rows if row[6] is not None)
    now = full_room_shape(room) if any(row[1] == "room.changed" for row in rows) else None
    return [_event(row, messages, people, now) for row in rows]


def _messages(room: models.Room, seqs: Iterable[int]) -> dict[int, shapes.Message]:
    seqs = list(seqs)
    if not seqs:
        return {}
    return {message.seq: message for message in shaped(MESSAGES.rows(room=room.pk, seqs=seqs))}


def _event(
    row: tuple[Any, ...],
    messages: dict[int, shapes.Message],
    people: dict[int, shapes.Person],
    room: shapes.Room | None,
) -> shapes.Event:
    seq, kind, at, actor, message, emoji, subject, role = row
    match kind.partition("."):
        case ("message", _, "pinned" | "unpinned"):
            return shapes.PinEvent(seq, kind, at, actor, message, version=seq)
        case ("message", _, _):
            return shapes.MessageEvent(seq, kind, at, actor, messages[message])
        case ("reaction", _, _):
            return shapes.ReactionEvent(seq, kind, at, actor, message, seq, emoji, messages[message].reactions)
        case ("member", _, _):
            return shapes.MemberEvent(seq, kind, at, actor, shapes.Member(people[subject], role))
        case _:
            assert room is not None
            return shapes.RoomEvent(seq, kind, at, actor, room)

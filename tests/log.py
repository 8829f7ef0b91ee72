"""What is true of every room's log, however it came about."""

from itertools import pairwise

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain import shapes
from chat.queries import history, log


def assert_whole(slug: str) -> None:
    """The numbers have no hole, every row agrees with the log, and replaying it from 0 gives what the history shows."""
    room = models.Room.objects.get(slug=slug)
    events = list(models.Event.objects.filter(room=room).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, room.head + 1))
    assert all(earlier.at <= later.at for earlier, later in pairwise(events))
    _assert_rows_agree(room, events)
    assert replayed(slug) == snapshot(slug)


def replayed(slug: str) -> dict[int, shapes.Message]:
    """The messages of a room as a client holds them that followed its log from 0."""
    held: dict[int, shapes.Message] = {}
    reader, after, epoch, more = _reader(slug), 0, None, True
    while more:
        page = log.events_after(reader, slug, after=after, epoch=epoch, limit=50)
        assert isinstance(page, shapes.LogPage)
        for event in page.events:
            if isinstance(event, shapes.MessageEvent):
                held[event.message.seq] = event.message
            elif isinstance(event, shapes.ReactionEvent):
                assert held[event.message].reactions == event.reactions
        after, epoch, more = page.cursor, page.epoch, page.more
    return held


def snapshot(slug: str) -> dict[int, shapes.Message]:
    """The messages of a room as its history shows them."""
    found: dict[int, shapes.Message] = {}
    reader, before, more = _reader(slug), None, True
    while more:
        page = history.page(reader, slug, before=before, limit=100)
        found |= {message.seq: message for message in page.messages}
        before, more = min(found, default=None), page.has_older
    return found


def _assert_rows_agree(room: models.Room, events: list[models.Event]) -> None:
    newest = {event.message: event.seq for event in events if event.message is not None}
    first = {event.message: event for event in reversed(events) if event.message is not None}
    rows = list(models.Message.objects.filter(room=room).order_by("seq"))
    assert [row.rank for row in rows] == list(range(1, room.message_count + 1))
    assert {row.seq: row.version for row in rows} == newest
    assert {row.seq: (row.author_id, row.created_at) for row in rows} == {
        event.seq: (event.actor_id, event.at) for event in first.values()
    }
    calls = models.Mention.objects.filter(room=room).values_list("seq", "user__username")
    assert sorted(calls) == sorted((row.seq, name) for row in rows for name in row.mentions)
    for mark in models.ReadMark.objects.filter(room=room):
        assert mark.rank == sum(row.seq <= mark.seq for row in rows)
        assert mark.seq <= room.head


def _reader(slug: str) -> AbstractUser:
    """Somebody who may read the room: a member of it."""
    return models.Membership.objects.filter(room__slug=slug).select_related("user").latest("pk").user

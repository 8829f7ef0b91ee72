"""Rooms and their people, as one viewer may see them."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from chat import models
from chat.domain import shapes
from chat.domain.text import FORBIDDEN
from chat.queries.access import Viewer, is_guest, readable
from chat.queries.sanctions import mute_of, sentenced, sentences
from chat.queries.shapes import direct_people, full_room_shape, person_shape, room_shape


def rooms_of(viewer: Viewer) -> list[shapes.RoomSummary]:
    """The rooms the viewer belongs to, by slug, with what is unread; archived ones are left out."""
    return rooms_of_all([viewer.pk or 0])[0] if viewer.is_active else []


def rooms_of_all(user_ids: Sequence[int]) -> list[list[shapes.RoomSummary]]:
    """rooms_of for several people, in a fixed number of queries."""
    memberships = models.Membership.objects.filter(user__in=user_ids, room__archived_at=None).order_by("room__slug")
    columns = [field.attname for field in models.Room._meta.concrete_fields]
    rows = memberships.values_list("user_id", "role", "room_id", *(f"room__{name}" for name in columns))
    rooms: dict[int, models.Room] = {}
    found: dict[int, list[shapes.RoomSummary]] = {pk: [] for pk in user_ids}
    seats = []
    for user, role, room, *values in rows:
        # Many people share a room, which is made of its columns once for all of them.
        if room not in rooms:
            rooms[room] = models.Room.from_db(None, columns, values)
        seats.append(_Seat(user, rooms[room], role))
    for seat, summary_ in _summaries(seats):
        found[seat.user].append(summary_)
    return [found[pk] for pk in user_ids]


def summary(viewer: Viewer, slug: str) -> shapes.RoomSummary:
    """One room in the manner of rooms_of, also for an open room the viewer has not joined. Raises NotFound."""
    room = readable(viewer, slug).room
    roles = models.Membership.objects.filter(room=room, user=viewer.pk).values_list("role", flat=True)
    [(_, found)] = _summaries([_Seat(viewer.pk or 0, room, roles.first())])
    return found


class _Seat(NamedTuple):
    """Somebody in a room, or looking into it."""

    user: int
    room: models.Room
    role: str | None


class _Mark(NamedTuple):
    """How far somebody has read a room, and how many of its messages that is."""

    seq: int
    rank: int


def _summaries(seats: Collection[_Seat]) -> Iterable[tuple[_Seat, shapes.RoomSummary]]:
    rooms = {seat.room.pk: seat.room for seat in seats}
    users = {seat.user for seat in seats}
    people = direct_people(rooms.values())
    read = models.ReadMark.objects.filter(user__in=users, room__in=rooms).values_list("user", "room", "seq", "rank")
    marks = {(user, room): _Mark(*mark) for user, room, *mark in read}
    mentions = _mention_counts(users, rooms)
    under = sentences(users, rooms)
    for seat in seats:
        pk = seat.room.pk
        key = (seat.user, pk)
        muted = mute_of(sentenced(under.get(seat.user, ()), pk)) if seat.user in under else None
        yield seat, _summary(seat, marks.get(key), people.get(pk, []), mentions.get(key, 0), muted)


def _summary(
    seat: _Seat,
    mark: _Mark | None,
    people: list[shapes.Person],
    mentions: int,
    muted: shapes.Mute | None,
) -> shapes.RoomSummary:
    room = seat.room
    public = room_shape(room, people)
    return shapes.RoomSummary(
        room=public.room,
        title=public.title,
        topic=public.topic,
        kind=public.kind,
        archived=public.archived,
        created_at=public.created_at,
        people=public.people,
        role=seat.role,  # type: ignore[arg-type]
        head=room.head,
        read=mark.seq if mark else room.head,
        unread=max(room.message_count - mark.rank, 0) if mark else 0,
        mentions=mentions,
        announcements=public.announcements,
        slow_seconds=public.slow_seconds,
        muted=muted,
    )


def _mention_counts(user_ids: Iterable[int], room_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Mentions behind read marks, by user and room id."""
    mark = models.ReadMark.objects.filter(user=OuterRef("user"), room=OuterRef("room")).values("seq")
    behind = models.Mention.objects.filter(user__in=user_ids, room__in=room_ids, seq__gt=Subquery(mark))
    counts = behind.values_list("user_id", "room_id").annotate(count=Count("pk"))
    return {(user, room): count for user, room, count in counts}


def visible_room(viewer: Viewer, slug: str) -> shapes.Room:
    """A room the viewer may read. Raises NotFound for any other."""
    return full_room_shape(readable(viewer, slug).room)


def open_rooms(viewer: Viewer, *, text: str = "", after: str = "", limit: int = 200) -> list[shapes.Room]:
    """Open rooms behind `after` whose slug or title contains `text`, by slug; none for guests."""
    if not viewer.is_active or FORBIDDEN.search(text + after) or is_guest(viewer):
        return []
    rooms = models.Room.objects.filter(kind=models.Room.Kind.OPEN, archived_at=None, slug__gt=after)
    if text:
        rooms = rooms.filter(Q(slug__icontains=text) | Q(title__icontains=text))
    return [room_shape(room) for room in rooms.order_by("slug")[:limit]]


def members(viewer: Viewer, slug: str) -> list[shapes.Member]:
    """The members of a room the viewer may read, by username. Raises NotFound."""
    room = readable(viewer, slug).room
    rows = models.Membership.objects.filter(room=room).select_related("user__profile").order_by("user__username")
    return [shapes.Member(person_shape(row.user), row.role) for row in rows]  # type: ignore[arg-type]


def bounds(slugs: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The oldest and the newest seq of each room's log, in one query: the position check of a worker."""
    rows = models.Room.objects.filter(slug__in=slugs).values_list("slug", "oldest", "head")
    return {slug: (oldest, head) for slug, oldest, head in rows}

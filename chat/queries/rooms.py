"""Rooms and their people, as one viewer may see them."""

from collections.abc import Iterable, Sequence

from django.contrib.auth import get_user_model
from django.db.models import Count, Q

from chat import models
from chat.domain import shapes
from chat.domain.policy import Act, Standing, refusal
from chat.domain.text import FORBIDDEN
from chat.queries.access import Viewer, access, facts, readable
from chat.queries.shapes import direct_people, full_room_shape, person_shape, room_shape


def rooms_of(viewer: Viewer) -> list[shapes.RoomSummary]:
    """The rooms the viewer belongs to, by slug, with what is unread; archived ones are left out."""
    memberships = models.Membership.objects.filter(user=viewer.pk, room__archived_at=None)
    return _summaries(viewer, memberships.select_related("room").order_by("room__slug"))


def summary(viewer: Viewer, slug: str) -> shapes.RoomSummary:
    """One room in the manner of rooms_of, also for an open room the viewer has not joined. Raises NotFound."""
    room = readable(viewer, slug).room
    mine = models.Membership.objects.filter(room=room, user=viewer.pk).select_related("room")
    found = _summaries(viewer, list(mine) or [models.Membership(room=room, role="")])
    return found[0]


def _summaries(viewer: Viewer, memberships: Iterable[models.Membership]) -> list[shapes.RoomSummary]:
    memberships = list(memberships)
    rooms = [membership.room for membership in memberships]
    people = direct_people(rooms)
    marks = {
        mark.room_id: mark for mark in models.ReadMark.objects.filter(user=viewer.pk, room__in=[r.pk for r in rooms])
    }
    mentions = _mention_counts(viewer, marks)
    return [
        _summary(each, marks.get(each.room_id), people.get(each.room_id, []), mentions.get(each.room_id, 0))
        for each in memberships
    ]


def _summary(
    membership: models.Membership, mark: models.ReadMark | None, people: list[shapes.Person], mentions: int
) -> shapes.RoomSummary:
    room = membership.room
    public = room_shape(room, people)
    return shapes.RoomSummary(
        room=public.room,
        title=public.title,
        topic=public.topic,
        kind=public.kind,
        archived=public.archived,
        created_at=public.created_at,
        people=public.people,
        role=membership.role or None,  # type: ignore[arg-type]
        head=room.head,
        read=mark.seq if mark else room.head,
        unread=max(room.message_count - mark.rank, 0) if mark else 0,
        mentions=mentions,
    )


def _mention_counts(viewer: Viewer, marks: dict[int, models.ReadMark]) -> dict[int, int]:
    """Mentions behind the viewer's read marks, by room id."""
    if not marks:
        return {}
    behind = models.Mention.objects.filter(user=viewer.pk, room__in=marks)
    unread = Q()
    for room_id, mark in marks.items():
        unread |= Q(room_id=room_id, seq__gt=mark.seq)
    counts = behind.filter(unread).values_list("room_id").annotate(count=Count("pk"))
    return dict(counts)


def visible_room(viewer: Viewer, slug: str) -> shapes.Room:
    """A room the viewer may read. Raises NotFound for any other."""
    return full_room_shape(readable(viewer, slug).room)


def open_rooms(viewer: Viewer, *, text: str = "", after: str = "", limit: int = 200) -> list[shapes.Room]:
    """Open rooms behind `after` whose slug or title contains `text`, by slug; none for who is not signed in."""
    if not viewer.is_active or FORBIDDEN.search(text):
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


def allowed_acts(viewer: Viewer, slug: str) -> frozenset[Act]:
    """What the policy lets the viewer do in this room; for what a page offers, never for a write."""
    found = access(viewer, slug)
    return frozenset(act for act in Act if refusal(act, found.standing, facts(found.room)) is None)


def heads(slugs: Sequence[str]) -> dict[str, int]:
    """The newest seq of each room, in one query: the position check of a worker."""
    return dict(models.Room.objects.filter(slug__in=slugs).values_list("slug", "head"))


def refused_readers(slug: str, user_ids: Sequence[int]) -> set[int]:
    """Those of `user_ids` who may not read this room now."""
    room = models.Room.objects.get(slug=slug)
    rows = models.Membership.objects.filter(room=room, user__in=user_ids).values_list("user_id", "role")
    roles: dict[int, shapes.RoleName] = dict(rows)  # type: ignore[arg-type]
    people = get_user_model()._default_manager.filter(pk__in=user_ids).values_list("pk", "is_active")
    readers = {
        pk
        for pk, active in people
        if refusal(Act.READ, Standing(active, moderates_site=False, role=roles.get(pk)), facts(room)) is None
    }
    return set(user_ids) - readers

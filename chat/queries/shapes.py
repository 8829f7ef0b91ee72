"""Rows into public shapes, many at a time, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import BigIntegerField, QuerySet

from chat import models
from chat.domain import shapes
from chat.statements.built import GivenMany, Statement

PEOPLE_SHOWN = 50
"""How many people a reaction names; `count` counts all."""

MESSAGE_COLUMNS = (
    "pk",
    "room__slug",
    "seq",
    "version",
    "client_id",
    "author_id",
    "author__username",
    "author__profile__display_name",
    "author__profile__kind",
    "author__profile__picture",
    "body",
    "html",
    "reply_to",
    "mentions",
    "pinned",
    "created_at",
    "edited_at",
    "deleted_at",
    "deleted_by",
    "deleted_reason",
)


def person_shape(user: AbstractUser) -> shapes.Person:
    """A user row, whose profile may be missing, as a Person."""
    profile = getattr(user, "profile", None)
    if profile is None:
        return _person(user.pk, user.username, None, None, None)
    return _person(user.pk, user.username, profile.display_name, profile.kind, profile.picture)


def _person(pk: int, username: str, display_name: str | None, kind: Any, picture: str | None) -> shapes.Person:
    return shapes.Person(
        id=pk,
        username=username,
        display_name=display_name or username,
        kind=kind or "person",
        avatar=f"/pictures/{picture}" if picture else None,
    )


def people_shapes(user_ids: Iterable[int]) -> dict[int, shapes.Person]:
    """The people with these ids, in one query, as they stand now."""
    columns = ("pk", "username", "profile__display_name", "profile__kind", "profile__picture")
    rows = get_user_model()._default_manager.filter(pk__in=set(user_ids)).values_list(*columns)
    return {row[0]: _person(*row) for row in rows}


def room_shape(room: models.Room, people: Sequence[shapes.Person] = ()) -> shapes.Room:
    """A room row as a Room; `people` are those of a direct room."""
    return shapes.Room(
        room=room.slug,
        title=room.title or room.slug,
        topic=room.topic,
        kind=room.kind,  # type: ignore[arg-type]
        archived=room.archived_at is not None,
        created_at=room.created_at,
        people=list(people),
        announcements=room.announcements,
        slow_seconds=room.slow_seconds,
    )


def direct_people(rooms: Iterable[models.Room]) -> dict[int, list[shapes.Person]]:
    """The people of the direct ones among `rooms`, by room id, in username order."""
    found: dict[int, list[shapes.Person]] = {}
    direct = [room.pk for room in rooms if room.kind == models.Room.Kind.DIRECT]
    if direct:
        memberships = models.Membership.objects.filter(room__in=direct).order_by("user__username")
        for room_id, *person in memberships.values_list(
            "room_id",
            "user_id",
            "user__username",
            "user__profile__display_name",
            "user__profile__kind",
            "user__profile__picture",
        ):
            found.setdefault(room_id, []).append(_person(*person))  # type: ignore[arg-type]
    return found


def full_room_shape(room: models.Room) -> shapes.Room:
    """A room row as a Room, its people fetched when it is a direct one."""
    return room_shape(room, direct_people([room]).get(room.pk, []))


def message_shapes(rows: QuerySet[models.Message]) -> list[shapes.Message]:
    """The messages of `rows` in its order, by two queries whatever their number."""
    return shaped(list(rows.values_list(*MESSAGE_COLUMNS)))


def shaped(rows: Sequence[tuple[Any, ...]]) -> list[shapes.Message]:
    """The messages of rows of MESSAGE_COLUMNS, their reactions fetched by one query."""
    reactions = reaction_shapes([row[0] for row in rows])
    return [_message(row, reactions.get(row[0], [])) for row in rows]


def message_shape(message: models.Message) -> shapes.Message:
    """One message as it stands in the database now."""
    return message_shapes(models.Message.objects.filter(pk=message.pk))[0]


def _message(row: tuple[Any, ...], reactions: list[shapes.Reaction]) -> shapes.Message:
    (_, slug, seq, version, client_id, *author, body, html, reply_to) = row[:13]
    (mentions, pinned, created_at, edited_at, deleted_at, deleted_by, deleted_reason) = row[13:]
    return shapes.Message(
        room=slug,
        seq=seq,
        version=version,
        client_id=client_id,
        author=_person(*author),
        body=body,
        html=html,
        reply_to=reply_to,
        mentions=mentions,
        reactions=reactions,
        pinned=pinned,
        created_at=created_at,
        edited_at=edited_at,
        deleted=deletion_shape(deleted_at, deleted_by, deleted_reason),
    )


def deletion_shape(at: datetime | None, by: Any, reason: str) -> shapes.Deletion | None:
    """The three deletion columns of a message as one value."""
    return shapes.Deletion(at=at, by=by, reason=reason) if at else None


REACTIONS = Statement(
    lambda: (
        models.Reaction.objects.filter(message__in=GivenMany("messages", BigIntegerField()))
        .order_by("pk")
        .values_list("message_id", "emoji", "user__username")
    )
)


def reaction_shapes(message_ids: Sequence[int]) -> dict[int, list[shapes.Reaction]]:
    """The reactions of these messages by message id, in the order in which each emoji first came."""
    if not message_ids:
        return {}
    people: dict[int, dict[str, list[str]]] = {}
    for message_id, emoji, username in REACTIONS.rows(messages=message_ids):
        people.setdefault(message_id, {}).setdefault(emoji, []).append(username)
    return {
        message_id: [
            shapes.Reaction(emoji=emoji, count=len(names), people=names[:PEOPLE_SHOWN])
            for emoji, names in by_emoji.items()
        ]
        for message_id, by_emoji in people.items()
    }

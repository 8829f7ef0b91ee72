"""Making rooms and changing them."""

import secrets
from collections.abc import Sequence

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError
from django.utils import timezone

from chat import models
from chat.conf import conf
from chat.domain import shapes
from chat.domain.errors import Conflict, Invalid, NotFound, Unauthenticated
from chat.domain.limits import SLOWEST
from chat.domain.policy import Act, refusal_to_create
from chat.domain.text import clean_line, clean_slug, findable
from chat.queries.access import is_guest, standing
from chat.queries.sanctions import sentenced_here
from chat.queries.shapes import full_room_shape
from chat.services._audit import Act as Audited
from chat.services._audit import record_act
from chat.services._record import RoomLog, lock_people, lock_rooms, require, room_log, save, write_transaction
from chat.services.memberships import enter

MOST_PEOPLE = 9
"""People of one direct room."""


def create_room(
    *,
    actor: AbstractUser,
    slug: str,
    title: str = "",
    topic: str = "",
    kind: str = "open",
    announcements: bool = False,
    slow_seconds: int = 0,
) -> shapes.Room:
    """Makes an open or private room, owned by the actor.

    Raises Invalid, Forbidden for guests, Conflict for a slug that was ever used.
    """
    if kind not in ("open", "private"):
        raise Invalid(fields={"kind": "open or private."})
    room = models.Room(
        slug=clean_slug(slug),
        title=clean_line(title or slug, name="title", longest=80),
        topic=clean_line(topic, name="topic", longest=250, required=False),
        kind=kind,
        announcements=announcements,
        slow_seconds=_pace(slow_seconds),
        created_at=timezone.now(),
    )
    try:
        return _create(room, actor, {actor.pk: "owner"})
    except IntegrityError as error:
        raise Conflict(fields={"room": "This name is taken."}) from error


def open_direct_room(*, actor: AbstractUser, people: Sequence[str]) -> shapes.Room:
    """The direct room of the actor and `people` (usernames), made when it does not exist yet.

    Raises NotFound for somebody unknown (to guests of the house: all who share no room with them), Invalid for nobody
    or too many.
    """
    names = {findable(name) for name in people}
    users = get_user_model()._default_manager.filter(username__in=names, is_active=True)
    if is_guest(actor):
        rooms = models.Membership.objects.filter(user=actor.pk).values("room")
        users = users.filter(pk__in=models.Membership.objects.filter(room__in=rooms).values("user"))
    if users.count() != len(names):
        raise NotFound("There is no such person.")
    ids = sorted({actor.pk, *users.values_list("pk", flat=True)})
    if not 2 <= len(ids) <= MOST_PEOPLE:
        raise Invalid(fields={"people": f"1 to {MOST_PEOPLE - 1} others."})
    key = direct_key(ids)
    if existing := models.Room.objects.filter(direct_key=key).first():
        return full_room_shape(existing)
    slug = f"d-{secrets.token_hex(12)}"
    room = models.Room(slug=slug, kind=models.Room.Kind.DIRECT, direct_key=key, created_at=timezone.now())
    try:
        return _create(room, actor, dict.fromkeys(ids, "member"))
    except IntegrityError:
        return full_room_shape(models.Room.objects.get(direct_key=key))


def direct_key(user_ids: Sequence[int]) -> str:
    """What makes the direct room of these people the only one."""
    return ":".join(map(str, sorted(user_ids)))


def ensure_lobby() -> None:
    """Makes the room that everyone begins in, where it is missing; it has nobody until people come."""
    facts = {"title": conf().LOBBY.capitalize(), "created_at": timezone.now()}
    with write_transaction():
        models.Room.objects.get_or_create(slug=conf().LOBBY, defaults=facts)


def change_room(
    *,
    actor: AbstractUser,
    room: str,
    title: str | None = None,
    topic: str | None = None,
    announcements: bool | None = None,
    slow_seconds: int | None = None,
) -> shapes.Room:
    """Gives a room another title or topic, or says who writes in it and how often.

    Raises NotFound, Forbidden, Invalid.
    """
    title = None if title is None else clean_line(title, name="title", longest=80)
    topic = None if topic is None else clean_line(topic, name="topic", longest=250, required=False)
    slow_seconds = None if slow_seconds is None else _pace(slow_seconds)
    with room_log(room) as log:
        require(Act.CHANGE_ROOM, log.room, actor)
        given = {"title": title, "topic": topic, "announcements": announcements, "slow_seconds": slow_seconds}
        changes = {name: to for name, to in given.items() if to is not None and to != getattr(log.room, name)}
        was = {name: getattr(log.room, name) for name in changes}
        for name, to in changes.items():
            setattr(log.room, name, to)
        if changes:
            log.room.save(update_fields=changes)
            _record_change(log, actor)
            record_act(Audited.ROOM_CHANGED, actor=actor, room=log.room, details={"now": changes, "was": was})
        return full_room_shape(log.room)


def archive_room(*, actor: AbstractUser, room: str) -> shapes.Room:
    """Closes a room for writing and takes it off the lists; its history stays readable. Raises NotFound, Forbidden."""
    return _set_archived(actor, room, archived=True)


def unarchive_room(*, actor: AbstractUser, room: str) -> shapes.Room:
    """Opens an archived room again. Raises NotFound, Forbidden."""
    return _set_archived(actor, room, archived=False)


def _set_archived(actor: AbstractUser, room: str, *, archived: bool) -> shapes.Room:
    with room_log(room) as log:
        require(Act.ARCHIVE, log.room, actor)
        if archived != (log.room.archived_at is not None):
            log.room.archived_at = log.now if archived else None
            log.room.save(update_fields=["archived_at"])
            _record_change(log, actor)
            record_act(Audited.ROOM_ARCHIVED if archived else Audited.ROOM_REOPENED, actor=actor, room=log.room)
        return full_room_shape(log.room)


def _pace(slow_seconds: int) -> int:
    if not 0 <= slow_seconds <= SLOWEST:
        raise Invalid(fields={"slow_seconds": f"0 to {SLOWEST} seconds."})
    return slow_seconds


def _record_change(log: RoomLog, actor: AbstractUser) -> None:
    event = shapes.RoomEvent(log.next_seq(), "room.changed", log.now, actor.get_username(), full_room_shape(log.room))
    log.record(event, actor=actor)


def _create(room: models.Room, actor: AbstractUser, roles: dict[int, shapes.RoleName]) -> shapes.Room:
    with write_transaction():
        people = lock_people(roles)
        if actor.pk not in people:
            raise Unauthenticated()
        maker = people[actor.pk]
        found = standing(maker.user, None, guest=maker.guest, sentenced=sentenced_here(actor.pk))
        if refused := refusal_to_create(found, room.kind):  # type: ignore[arg-type]
            raise refused
        room.save(force_insert=True)
        log = lock_rooms([room.slug])[room.slug]
        for pk, role in roles.items():
            enter(log, people[pk].user, role, actor=actor)
        save([log])
        return full_room_shape(log.room)

"""Who stands how in a room: the facts that the policy decides on, in one query."""

from collections.abc import Collection
from typing import Any, NamedTuple, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from chat.domain.cursors import Position
from chat.domain.errors import ChatError, NotFound, Unauthenticated
from chat.domain.policy import Act, RoomFacts, Standing, refusal
from chat.domain.sanctions import FREE, Sentenced
from chat.domain.shapes import RoleName, RoomKind
from chat.domain.text import findable
from chat.models import Installation, Membership, Profile, Room
from chat.queries.sanctions import in_force, is_banned, sentenced, sentenced_here, sentences

Viewer = AbstractUser | AnonymousUser


class Access(NamedTuple):
    """A room as one viewer finds it, with the position of its log at that moment."""

    room: Room
    standing: Standing
    position: Position


def facts(room: Room) -> RoomFacts:
    """What the policy needs to know of `room`."""
    kind, archived = cast(RoomKind, room.kind), room.archived_at is not None
    return RoomFacts(kind, archived, room.announcements, room.slow_seconds)


def moderates_site(person: Viewer) -> bool:
    """Whether this person may act on every room's messages, as in the admin."""
    return person.is_active and person.is_staff and person.has_perm("chat.delete_message")


def manages_members(person: Viewer) -> bool:
    """Whether this person may decide who belongs to any room, as in the admin."""
    return person.is_active and person.is_staff and person.has_perm("chat.change_membership")


def sanctions_all(person: Viewer) -> bool:
    """Whether this person may mute and ban in every room, as in the admin."""
    return person.is_active and person.is_staff and person.has_perm("chat.add_sanction")


def admitted(people: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `people` whose credentials are worth something: active, and not banned everywhere."""
    return people.filter(~is_banned("pk"), is_active=True)


def is_silenced(viewer: Viewer, slug: str) -> bool:
    """Whether nobody is to be told that the viewer writes in this room."""
    return in_force().filter(Q(room=None) | Q(room__slug=slug), person=viewer.pk).exists()


def is_guest(person: Viewer) -> bool:
    """Whether this person is a guest of the house."""
    return Profile.objects.filter(user=person.pk, guest=True).exists()


def standing(person: Viewer, role: RoleName | None, *, guest: bool, sentenced: Sentenced = FREE) -> Standing:
    """What the policy needs to know of `person` with `role` in the room at hand."""
    return Standing(
        active=person.is_active,
        moderates_site=moderates_site(person),
        role=role,
        manages_members=manages_members(person),
        guest=guest,
        sanctions_all=sanctions_all(person),
        mute=sentenced.mute,
        ban=sentenced.ban,
    )


def epoch_column() -> Subquery:
    """The installation's epoch, to be read by the same statement as a room's head."""
    return Subquery(Installation.objects.filter(pk=1).values("epoch")[:1])


def access(viewer: Viewer, slug: str) -> Access:
    """The room and the viewer's standing in it, whether or not they may see it. Raises NotFound for no such room."""
    mine = Membership.objects.filter(room=OuterRef("pk"), user=viewer.pk).values("role")[:1]
    guest = Exists(Profile.objects.filter(user=viewer.pk, guest=True))
    rooms = Room.objects.filter(slug=findable(slug))
    held = Exists(in_force().filter(Q(room=None) | Q(room=OuterRef("pk")), person=viewer.pk))
    room = rooms.annotate(my_role=Subquery(mine), as_guest=guest, held=held, epoch=epoch_column()).first()
    if room is None:
        raise NotFound()
    under = sentenced_here(viewer.pk or 0, room.pk) if room.held else FREE
    position = Position(epoch=room.epoch, oldest=room.oldest, head=room.head)
    return Access(room, standing(viewer, room.my_role, guest=room.as_guest, sentenced=under), position)


def readable(viewer: Viewer, slug: str) -> Access:
    """Like access, but raises what the policy answers unless the viewer may read here."""
    if not viewer.is_active:
        raise Unauthenticated()
    found = access(viewer, slug)
    if refused := refusal(Act.READ, found.standing, facts(found.room)):
        raise refused
    return found


def located(slug: str) -> tuple[Room, Position]:
    """A room and where its log stands, for whoever asks the rights apart. Raises NotFound."""
    room = Room.objects.filter(slug=findable(slug)).annotate(epoch=epoch_column()).first()
    if room is None:
        raise NotFound()
    return room, Position(room.epoch, room.oldest, room.head)


def refused_readers(room: Room, user_ids: Collection[int]) -> dict[int, ChatError]:
    """Those of `user_ids` who may not read this room now, each with what the policy answers.

    Asked after something was read, it proves that the others might read it.
    """
    rows = Membership.objects.filter(room=room, user__in=user_ids).values_list("user_id", "role")
    roles: dict[int, RoleName] = dict(rows)  # type: ignore[arg-type]
    people = get_user_model()._default_manager.filter(pk__in=user_ids).annotate(banned=is_banned("pk", room.pk))
    found = list(people.values_list("pk", "is_active", "profile__guest", "banned"))
    held = [pk for pk, _, _, banned in found if banned]
    bans = {pk: sentenced(rows, room.pk).ban for pk, rows in sentences(held, [room.pk]).items()} if held else {}
    readers = {
        pk: Standing(active, False, roles.get(pk), guest=bool(guest), ban=bans.get(pk))
        for pk, active, guest, _ in found
    }
    answers = {pk: refusal(Act.READ, readers[pk], facts(room)) if pk in readers else NotFound() for pk in user_ids}
    return {pk: refused for pk, refused in answers.items() if refused is not None}

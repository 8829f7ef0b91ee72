"""Who stands how in a room: the facts that the policy decides on, in one query."""

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from chat.conf import conf
from chat.domain.cursors import Position
from chat.domain.errors import ChatError, NotFound, Unauthenticated
from chat.domain.limits import remaining_ms
from chat.domain.policy import Act, RoomFacts, Standing, refusal
from chat.domain.sanctions import FREE, Sentenced
from chat.domain.shapes import RoleName, RoomKind
from chat.domain.text import FORBIDDEN, findable
from chat.models import Installation, Membership, Profile, Room, Sanction
from chat.queries.sanctions import in_force, is_banned, sentenced, sentenced_here, sentences
from chat.statements.built import Given, GivenMany, Statement
from chat.statements.rows import read_keyed

Viewer = AbstractUser | AnonymousUser
Refusals = Callable[[Room, int], ChatError | None]


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


def within_reach(person: Viewer, rows: QuerySet[Any], *rooms: str) -> QuerySet[Any]:
    """Those of `rows` that this person moderates: all, or those of their own rooms, which these fields name."""
    if moderates_site(person):
        return rows
    own = Membership.objects.filter(user=person.pk, role__in=("moderator", "owner")).values("room")
    return rows.filter(reduce(or_, (Q(**{f"{field}__in": own}) for field in rooms)))


def manages_members(person: Viewer) -> bool:
    """Whether this person may decide who belongs to any room, as in the admin."""
    return person.is_active and person.is_staff and person.has_perm("chat.change_membership")


def sanctions_all(person: Viewer) -> bool:
    """Whether this person may mute and ban in every room, as in the admin."""
    return person.is_active and person.is_staff and person.has_perm("chat.add_sanction")


def admitted(people: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `people` whose credentials are worth something: active, and not banned everywhere."""
    return people.filter(~is_banned("pk"), is_active=True)


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
        newcomer_ms=_newcomer_ms(person),
    )


def _newcomer_ms(person: Viewer) -> int:
    minutes = conf().NEWCOMER_MINUTES
    return remaining_ms(person.date_joined, minutes * 60, timezone.now()) if minutes and person.is_active else 0


def epoch_column() -> Subquery:
    """The installation's epoch, to be read by the same statement as a room's head."""
    return Subquery(Installation.objects.filter(pk=1).values("epoch")[:1])


def _access() -> QuerySet[Room]:
    viewer = Given("viewer", BigIntegerField())
    mine = Membership.objects.filter(room=OuterRef("pk"), user=viewer).values("role")[:1]
    guest = Exists(Profile.objects.filter(user=viewer, guest=True))
    here = in_force(Given("now", DateTimeField())).filter(Q(room=None) | Q(room=OuterRef("pk")), person=viewer)
    rooms = Room.objects.filter(slug=Given("slug", CharField()))
    return rooms.annotate(my_role=Subquery(mine), as_guest=guest, held=Exists(here), epoch=epoch_column())


ACCESS = Statement(_access)


def access(viewer: Viewer, slug: str) -> Access:
    """The room and the viewer's standing in it, whether or not they may see it. Raises NotFound for no such room."""
    found = ACCESS.objects(slug=findable(slug), viewer=viewer.pk, now=timezone.now())
    if not found:
        raise NotFound()
    room = found[0]
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


LOCATED = Statement(
    lambda: Room.objects.filter(slug__in=GivenMany("slugs", CharField())).annotate(epoch=epoch_column())
)


def located(slug: str) -> tuple[Room, Position]:
    """A room and where its log stands, for whoever asks the rights apart. Raises NotFound."""
    found = LOCATED.objects(slugs=[findable(slug)])
    if not found:
        raise NotFound()
    return found[0], Position(found[0].epoch, found[0].oldest, found[0].head)


def positions(asked: Sequence[tuple[str, int]]) -> list[Position | ChatError]:
    """Where the logs of rooms stand, each asked by one person, or what the policy answers them; by a fixed number of
    queries. The rights are read after the positions, so they hold for all that stands up to there."""
    slugs = {slug for slug, _ in asked if not FORBIDDEN.search(slug)}
    rooms = {room.slug: room for room in LOCATED.objects(slugs=slugs)}
    refused = _refusals({(rooms[slug].pk, user) for slug, user in asked if slug in rooms})
    return [_position(rooms.get(slug), user, refused) for slug, user in asked]


def _position(room: Any, user: int, refused: Refusals) -> Position | ChatError:
    if room is None:
        return NotFound()
    return refused(room, user) or Position(room.epoch, room.oldest, room.head)


def refused_readers(room: Room, user_ids: Collection[int]) -> dict[int, ChatError]:
    """Those of `user_ids` who may not read this room now, each with what the policy answers.

    Asked after something was read, it proves that the others might read it.
    """
    refused = _refusals({(room.pk, pk) for pk in user_ids})
    answers = {pk: refused(room, pk) for pk in user_ids}
    return {pk: answer for pk, answer in answers.items() if answer is not None}


def _readers() -> QuerySet[Any]:
    """Of each person: key, whether active, whether a guest, whether under a ban anywhere."""
    banned = Exists(in_force(Given("now", DateTimeField())).filter(person=OuterRef("pk"), kind=Sanction.Kind.BAN))
    people = get_user_model()._default_manager.filter(pk__in=GivenMany("people", BigIntegerField()))
    return people.annotate(banned=banned).values_list("pk", "is_active", "profile__guest", "banned")


READERS = Statement(_readers)


def _refusals(asked: Collection[tuple[int, int]]) -> Refusals:
    """What the policy answers each who wants to read now, by (room, person)."""
    memberships = read_keyed(Membership, ("room", "user"), asked, ("room", "user", "role"))
    roles = {(room, user): role for room, user, role in memberships}
    found = {row[0]: row for row in READERS.rows(people={user for _, user in asked}, now=timezone.now())}
    held = [pk for pk, row in found.items() if row[3]]
    under = sentences(held, {room for room, _ in asked}) if held else {}

    def refused(room: Room, user: int) -> ChatError | None:
        if user not in found:
            return NotFound()
        _, active, guest, _ = found[user]
        role = cast(RoleName | None, roles.get((room.pk, user)))
        ban = sentenced(under.get(user, ()), room.pk).ban
        return refusal(Act.READ, Standing(active, False, role, guest=bool(guest), ban=ban), facts(room))

    return refused

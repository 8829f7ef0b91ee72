"""Joining, leaving, and who may do what in a room."""

from typing import Any, cast

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain.errors import Conflict, Invalid, NotFound
from chat.domain.policy import RANK, Act, Target
from chat.domain.shapes import RoleName
from chat.domain.text import clean_line
from chat.queries.access import is_guest
from chat.queries.people import named
from chat.queries.sanctions import sentenced_here
from chat.services._audit import Act as Audited
from chat.services._audit import record_act
from chat.services._members import add_membership, record_member, record_person
from chat.services._record import RoomLog, require, room_log

LAST_OWNER = "A room keeps an owner; make somebody else one first."


def join_room(*, actor: AbstractUser, room: str) -> None:
    """Makes the actor a member of an open room; a member stays what they are. Raises NotFound, Locked."""
    with room_log(room) as log:
        standing = require(Act.JOIN, log.room, actor)
        if standing.role is None:
            enter(log, actor, "member", actor=actor)


def leave_room(*, actor: AbstractUser, room: str) -> None:
    """Ends the actor's membership. Raises NotFound for who is none, Conflict for the last owner among others."""
    with room_log(room) as log:
        require(Act.LEAVE, log.room, actor)
        leave(log, _membership(log, actor), actor=actor)


def add_member(*, actor: AbstractUser, room: str, username: str, role: RoleName = "member") -> None:
    """Brings a person in, with at most one's own role. Who is in already keeps theirs. Raises NotFound, Forbidden,
    Conflict for who is banned there.

    A guest of the house is a guest in every room.
    """
    _check_role(role)
    person = named(username)
    if not person.is_active:
        raise NotFound("There is no such person.")
    with room_log(room) as log:
        target = Target(role=role, banned=sentenced_here(person.pk, log.room.pk).ban is not None)
        standing = require(Act.ADD_MEMBER, log.room, actor, target, subject=person.pk)
        if not models.Membership.objects.filter(room=log.room, user=person.pk).exists():
            role = "guest" if is_guest(person) else role
            enter(log, person, role, actor=actor)
            if standing.manages_members or RANK[standing.role] >= RANK["moderator"]:
                _note(Audited.MEMBER_ADDED, log, actor, person, details={"role": role})


def change_member(*, actor: AbstractUser, room: str, username: str, role: RoleName) -> None:
    """Gives a member another role, at most one's own. Raises NotFound, Forbidden, Conflict for the last owner."""
    _check_role(role)
    person = named(username)
    with room_log(room) as log:
        membership = models.Membership.objects.filter(room=log.room, user=person.pk).first()
        highest = max(role, membership.role if membership else "guest", key=lambda each: RANK[cast(RoleName, each)])
        require(Act.CHANGE_MEMBER, log.room, actor, Target(role=cast(RoleName, highest)), subject=person.pk)
        if membership is None:
            raise NotFound("This person is not a member.")
        if is_guest(person) and role != "guest":
            raise Invalid(fields={"role": "A guest of the house is a guest in every room."})
        if membership.role != role:
            if _is_last_owner(membership):
                raise Conflict(LAST_OWNER)
            former, membership.role = membership.role, role
            membership.save(update_fields=["role"])
            record_member(log, "member.changed", person, role, actor=actor)
            _note(Audited.MEMBER_CHANGED, log, actor, person, details={"role": role, "was": former})


def remove_member(*, actor: AbstractUser, room: str, username: str, reason: str = "") -> None:
    """Ends another's membership. Raises NotFound, Forbidden, Invalid for an unfit reason."""
    person = named(username)
    reason = clean_line(reason, name="reason", longest=250, required=False)
    with room_log(room) as log:
        membership = models.Membership.objects.filter(room=log.room, user=person.pk).first()
        role = cast(RoleName, membership.role) if membership else None
        require(Act.REMOVE_MEMBER, log.room, actor, Target(role=role), subject=person.pk)
        if membership is None:
            raise NotFound("This person is not a member.")
        leave(log, membership, actor=actor)
        _note(Audited.MEMBER_REMOVED, log, actor, person, reason=reason, details={"role": role})


def enter(log: RoomLog, user: AbstractUser, role: RoleName, *, actor: AbstractUser) -> None:
    """Within a use case: makes `user` a member who has read all there is."""
    add_membership(log, user, role, actor=actor).save(force_insert=True)
    models.ReadMark.objects.update_or_create(
        room=log.room, user_id=user.pk, defaults={"seq": log.room.head, "rank": log.room.message_count}
    )


def leave(log: RoomLog, membership: models.Membership, *, actor: AbstractUser) -> None:
    """Within a use case: ends a membership; raises Conflict for the last owner among others."""
    alone = not models.Membership.objects.filter(room=log.room).exclude(pk=membership.pk).exists()
    if _is_last_owner(membership) and not alone:
        raise Conflict(LAST_OWNER)
    end_membership(log, membership, actor=actor)


def end_membership(log: RoomLog, membership: models.Membership, *, actor: AbstractUser) -> None:
    """Within a use case: somebody is no member any more."""
    role = membership.role
    membership.delete()
    record_member(log, "member.left", membership.user, role, actor=actor)


def show_anew(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Has open pages of every room that somebody belongs to show them as they are called and look now, one by one."""
    mine = models.Membership.objects.filter(user=person.pk)
    for slug in list(mine.order_by("room_id").values_list("room__slug", flat=True)):
        with room_log(slug) as log:
            for membership in mine.filter(room=log.room).select_related("user__profile"):
                user = cast(AbstractUser, membership.user)
                record_person(log, "member.changed", user, membership.role, actor=actor)


def _note(
    act: Audited, log: RoomLog, actor: AbstractUser, person: AbstractUser, *, details: dict[str, Any], reason: str = ""
) -> None:
    if actor.pk != person.pk:
        record_act(act, actor=actor, room=log.room, person=person.pk, reason=reason, details=details)


def _is_last_owner(membership: models.Membership) -> bool:
    owners = models.Membership.objects.filter(room=membership.room_id, role="owner")
    return membership.role == "owner" and owners.count() == 1


def _membership(log: RoomLog, user: AbstractUser) -> models.Membership:
    return models.Membership.objects.select_related("user").get(room=log.room, user=user.pk)


def _check_role(role: str) -> None:
    if role not in models.Membership.Role.values:
        raise Invalid(fields={"role": "One of owner, moderator, member and guest."})

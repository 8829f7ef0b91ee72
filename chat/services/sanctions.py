"""Muting and banning people, in one room or everywhere, and lifting it."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import cast

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import Invalid, NotFound, Unauthenticated
from chat.domain.policy import Act, Target, refusal_everywhere
from chat.domain.shapes import RoleName
from chat.domain.text import clean_line
from chat.queries.access import standing
from chat.queries.sanctions import sentenced_here
from chat.services._audit import Act as Audited
from chat.services._audit import record_act
from chat.services._members import record_member
from chat.services._record import RoomLog, lock_people, require, room_log, write_transaction
from chat.services._revoke import revoke, tell_rights
from chat.services.memberships import leave
from chat.services.sessions import forget_all_sessions


def impose(
    *,
    actor: AbstractUser,
    person: AbstractUser,
    kind: str,
    reason: str,
    room: str | None = None,
    ends_at: datetime | None = None,
) -> models.Sanction:
    """Mutes or bans somebody in `room`, or everywhere, until `ends_at` or until it is lifted; at once on all workers.

    A ban ends the membership of its room; everywhere it ends sessions, tokens and sockets. Raises Invalid, NotFound,
    Forbidden, and Conflict for the last owner among others.
    """
    draft = draft_sanction(actor, person, kind, reason, ends_at)
    with scope(room) as log:
        impose_within(log, draft, actor=actor, person=person)
    return draft


def lift(*, actor: AbstractUser, sanction: models.Sanction, reason: str = "") -> None:
    """Ends a mute or ban before its time; one that was lifted stays as it is. Raises NotFound, Forbidden, Invalid."""
    reason = clean_line(reason, name="reason", longest=250, required=False)
    with scope(sanction.room.slug if sanction.room else None) as log:
        require_right(log, actor, cast(AbstractUser, sanction.person))
        lift_within(sanction, actor=actor, reason=reason)


def impose_within(log: RoomLog | None, draft: models.Sanction, *, actor: AbstractUser, person: AbstractUser) -> None:
    """Within a use case: imposes what was drafted in the room of `log`, or without one everywhere."""
    require_right(log, actor, person)
    if log is not None:
        draft.room = log.room
    draft.begun_at = timezone.now()
    draft.save(force_insert=True)
    is_ban = draft.kind == models.Sanction.Kind.BAN
    if is_ban:
        _put_out(log, person, actor)
    else:
        tell_rights(person.pk)
    _note(Audited.BANNED if is_ban else Audited.MUTED, actor, draft, draft.reason)


def lift_within(sanction: models.Sanction, *, actor: AbstractUser, reason: str) -> None:
    """Within a use case that has required the right: ends it unless it was lifted before."""
    rows = models.Sanction.objects.filter(pk=sanction.pk, lifted_at=None)
    if rows.update(lifted_at=timezone.now(), lifted_by=actor.pk):
        is_ban = sanction.kind == models.Sanction.Kind.BAN
        if not is_ban:
            tell_rights(sanction.person_id)
        _note(Audited.BAN_LIFTED if is_ban else Audited.MUTE_LIFTED, actor, sanction, reason)


def _note(act: Audited, actor: AbstractUser, sanction: models.Sanction, reason: str) -> None:
    details = {"sanction": sanction.pk, "ends_at": sanction.ends_at.isoformat() if sanction.ends_at else None}
    record_act(act, actor=actor, room=sanction.room, person=sanction.person_id, reason=reason, details=details)


def draft_sanction(
    actor: AbstractUser, person: AbstractUser, kind: str, reason: str, ends_at: datetime | None
) -> models.Sanction:
    """What is to be imposed, not yet stored. Raises Invalid."""
    if kind not in models.Sanction.Kind.values:
        raise Invalid(fields={"kind": "mute or ban."})
    if ends_at is not None and ends_at <= timezone.now():
        raise Invalid(fields={"ends_at": "A time to come."})
    text = clean_line(reason, name="reason", longest=250)
    return models.Sanction(kind=kind, person_id=person.pk, reason=text, made_by_id=actor.pk, ends_at=ends_at)


def scope(room: str | None) -> AbstractContextManager[RoomLog | None]:
    """The transaction: with the lock of the room, if it is about one."""
    return write_transaction() if room is None else room_log(room)


def require_right(log: RoomLog | None, actor: AbstractUser, person: AbstractUser) -> None:
    """Locks both, and raises what the policy answers."""
    people = lock_people({actor.pk, person.pk})
    if person.pk not in people:
        raise NotFound("There is no such person.")
    target = Target(own=actor.pk == person.pk, administrator=people[person.pk].user.is_superuser)
    if log is not None:
        role = models.Membership.objects.filter(room=log.room, user=person.pk).values_list("role", flat=True).first()
        require(Act.SANCTION, log.room, actor, target._replace(role=cast(RoleName | None, role)))
        return
    if actor.pk not in people:
        raise Unauthenticated()
    user = people[actor.pk].user
    found = standing(user, None, guest=people[actor.pk].guest, sentenced=sentenced_here(user.pk))
    if refused := refusal_everywhere(found, target):
        raise refused


def _put_out(log: RoomLog | None, person: AbstractUser, actor: AbstractUser) -> None:
    """Ends what is open: for the room by an event behind which nobody is served without being asked for anew."""
    if log is None:
        revoke(person.pk, banned=True)
        forget_all_sessions(person.pk)
        return
    membership = models.Membership.objects.filter(room=log.room, user=person.pk).select_related("user").first()
    if membership is not None:
        leave(log, membership, actor=actor)
    elif log.room.kind == models.Room.Kind.OPEN:
        record_member(log, "member.left", person, "guest", actor=actor)

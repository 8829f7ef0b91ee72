"""Making somebody a member, within the transaction of a use case."""

from django.contrib.auth.models import AbstractUser

from chat import bus, models
from chat.domain import news, shapes
from chat.queries.shapes import person_shape
from chat.services._record import RoomLog


def add_membership(
    log: RoomLog, user: AbstractUser, role: shapes.RoleName, *, actor: AbstractUser
) -> models.Membership:
    """The row of a new member, to be written by the caller; its event is recorded and their devices are told."""
    record_member(log, "member.joined", user, role, actor=actor)
    return models.Membership(room=log.room, user_id=user.pk, role=role, joined_at=log.now)


def record_member(log: RoomLog, kind: str, user: AbstractUser, role: str, *, actor: AbstractUser) -> None:
    """The event of a changed membership, and news for the member's own devices."""
    record_person(log, kind, user, role, actor=actor)
    bus.announce([news.PersonNews(user.pk, "rooms")])


def record_person(log: RoomLog, kind: str, user: AbstractUser, role: str, *, actor: AbstractUser) -> None:
    """The event alone: for what changes nobody's list of rooms."""
    member = shapes.Member(person_shape(user), role)  # type: ignore[arg-type]
    event = shapes.MemberEvent(log.next_seq(), kind, log.now, actor.get_username(), member)  # type: ignore[arg-type]
    log.record(event, actor=actor, subject_id=user.pk, role=role)

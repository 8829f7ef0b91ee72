"""What moderators look at: who is muted or banned, what stands around a message, and what is known of somebody."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat.domain.errors import NotFound
from chat.domain.policy import Act, Target, refusal, refusal_everywhere
from chat.models import AuditEntry, Membership, Message, Quarantine, Sanction, UserSession
from chat.queries.access import Viewer, access, facts, is_guest, standing
from chat.queries.sanctions import in_force, sentenced_here

AROUND = 5
"""How many messages are shown before and behind one."""


def imposed(viewer: Viewer, room: str | None, *, before: int | None = None, limit: int = 50) -> list[Sanction]:
    """The mutes and bans in force in a room, or of everywhere, the newest first.

    Raises what the policy answers to who may not impose any there.
    """
    if room is None:
        user_id = viewer.pk or 0
        found = standing(viewer, None, guest=is_guest(viewer), sentenced=sentenced_here(user_id))
        refused, rows = refusal_everywhere(found, Target()), in_force().filter(room=None)
    else:
        place = access(viewer, room)
        refused = refusal(Act.SANCTION, place.standing, facts(place.room), Target())
        rows = in_force().filter(room=place.room)
    if refused:
        raise refused
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("room", "person__profile", "made_by__profile").order_by("-pk")[:limit])


def sanction(number: int, room: str | None = None) -> Sanction:
    """A mute or ban by its number, of this room where one is named. Raises NotFound."""
    rows = Sanction.objects.filter(pk=number).select_related("room", "person")
    found = (rows if room is None else rows.filter(room__slug=room)).first()
    if found is None:
        raise NotFound()
    return found


def kept(message: Message) -> Quarantine | None:
    """What a moderator removed, while it can be brought back."""
    return Quarantine.objects.filter(message=message.pk, ends_at__gt=timezone.now()).first()


def surroundings(message: Message) -> Sequence[Message]:
    """What was written before and behind a message in its room, and itself, in order."""
    room = Message.objects.filter(room=message.room_id).select_related("author")
    before = list(room.filter(seq__lt=message.seq).order_by("-seq")[:AROUND])
    behind = list(room.filter(seq__gt=message.seq).order_by("seq")[:AROUND])
    return [*before[::-1], message, *behind]


def sanctions_of(person: AbstractUser, limit: int) -> Sequence[Sanction]:
    """The mutes and bans somebody was ever under, the newest first."""
    return list(Sanction.objects.filter(person=person.pk).select_related("room", "made_by").order_by("-pk")[:limit])


def messages_of(person: AbstractUser, limit: int) -> Sequence[Message]:
    """What somebody wrote, the newest first."""
    return list(Message.objects.filter(author=person.pk).select_related("room").order_by("-pk")[:limit])


def memberships_of(person: AbstractUser, limit: int) -> Sequence[Membership]:
    """Where somebody belongs, the newest first."""
    return list(Membership.objects.filter(user=person.pk).select_related("room").order_by("-pk")[:limit])


def acts_on(person: AbstractUser, limit: int) -> Sequence[AuditEntry]:
    """What was done to somebody or to what they wrote, the newest first."""
    return list(AuditEntry.objects.filter(person=person.pk).select_related("actor", "room").order_by("-pk")[:limit])


def sessions_of(person: AbstractUser, limit: int) -> Sequence[UserSession]:
    """Where somebody is signed in, the one last seen first."""
    return list(UserSession.objects.filter(user=person.pk).order_by("-seen_at")[:limit])

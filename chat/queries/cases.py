"""What waits for moderators, what became of what somebody reported, and the keys by which people appeal."""

from collections.abc import Sequence

from django.contrib.auth.models import AbstractUser
from django.core import signing

from chat.domain.errors import NotFound
from chat.models import Case, HeldMessage, Report, Sanction
from chat.queries.access import within_reach
from chat.queries.sanctions import in_force

SALT = "parley.appeal"
KEY_SECONDS = 3600
MOST = 100
CASE_ROOMS = ("message__room", "sanction__room")
"""What names the room of a case; an appeal against what holds everywhere has none."""


def waiting(person: AbstractUser, limit: int) -> Sequence[Case]:
    """The newest open reports and appeals that this person moderates."""
    rows = within_reach(person, Case.objects.filter(state=Case.State.OPEN), *CASE_ROOMS)
    return list(rows.order_by("-pk").select_related("message__room", "sanction__room", "sanction__person")[:limit])


def held(person: AbstractUser, limit: int) -> Sequence[HeldMessage]:
    """The newest messages that rules hold for review by this person."""
    rows = within_reach(person, HeldMessage.objects.filter(state=HeldMessage.State.WAITING), "room")
    return list(rows.order_by("-pk").select_related("room", "author")[:limit])


def reports_of(person: AbstractUser) -> Sequence[Report]:
    """What somebody reported, the newest first, with what became of it."""
    rows = Report.objects.filter(author=person.pk, case__sanction=None).order_by("-pk")
    return list(rows.select_related("case__message__room")[:MOST])


def sanctions_on(person: AbstractUser) -> Sequence[Sanction]:
    """The mutes and bans somebody is under, with their appeals."""
    return list(in_force().filter(person=person.pk).select_related("room", "appeal").order_by("-pk"))


def appeal_key(number: int) -> str:
    """Lets who holds it see the mute or ban of this number and appeal, for an hour; for its person alone."""
    return signing.dumps(number, salt=SALT)


def appealed(key: str) -> Sanction:
    """The mute or ban of a key. Raises NotFound for a key that is wrong or too old."""
    try:
        number = signing.loads(key, salt=SALT, max_age=KEY_SECONDS)
    except signing.BadSignature as error:
        raise NotFound() from error
    found = Sanction.objects.filter(pk=number).select_related("room", "person", "appeal").first()
    if found is None:
        raise NotFound()
    return found

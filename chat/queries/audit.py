"""The audit log as a chain, and its signed heads."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.signing import BadSignature, Signer

from chat.domain.audit import Link, Verdict, judge
from chat.domain.errors import Invalid
from chat.domain.text import findable
from chat.models import AuditEntry, Installation

SALT = "parley.audit"


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    """What an entry's digest covers beside its number and the digest before."""
    return {
        "at": entry.at.astimezone(UTC).isoformat(),
        "actor": entry.actor_id,
        "act": entry.act,
        "room": entry.room_id,
        "person": entry.person_id,
        "message": entry.message,
        "reason": entry.reason,
        "details": entry.details,
    }


def signed(number: int, digest: str) -> str:
    """A head that only who has the installation's key can make."""
    return Signer(salt=SALT).sign(f"{number}:{digest}")


def read_head(text: str) -> tuple[int, str]:
    """The number and digest of a signed head. Raises Invalid for one that is not this installation's."""
    try:
        number, _, digest = Signer(salt=SALT).unsign(text.strip()).partition(":")
    except BadSignature as error:
        raise Invalid(f"This head was not signed by this installation: {text.strip()}") from error
    return int(number), digest


def heads_file() -> Path:
    """Where every head is noted, a line each."""
    return Path(settings.AUDIT_HEADS)


class Verified(NamedTuple):
    """What became of the log, and how many lines of the file of heads nobody here has signed."""

    verdict: Verdict
    unsigned: int


def removals_of(person: AbstractUser, limit: int = 10) -> Sequence[AuditEntry]:
    """How moderators put somebody out of rooms, without a ban; the newest first, for them to read why."""
    rows = AuditEntry.objects.filter(person=person.pk, act=AuditEntry.Act.MEMBER_REMOVED).order_by("-number")
    return list(rows.select_related("actor__profile", "room")[:limit])


def why_put_out(person: AbstractUser, room: str) -> str:
    """Why a moderator put somebody out of this room last, by a ban or without; "" where none was given."""
    acts = (AuditEntry.Act.MEMBER_REMOVED, AuditEntry.Act.BANNED)
    rows = AuditEntry.objects.filter(person=person.pk, act__in=acts, room__slug=findable(room)).order_by("-number")
    return rows.values_list("reason", flat=True).first() or ""


def newest(limit: int) -> Sequence[AuditEntry]:
    """The last acts, the newest first."""
    return list(AuditEntry.objects.select_related("actor", "room", "person").order_by("-number")[:limit])


def verify(heads: Iterable[str] = ()) -> Verified:
    """Follows the whole log, and compares it with the heads in the file and those given. Raises Invalid."""
    noted, unsigned = _noted()
    last = Installation.objects.values_list("audit_head", flat=True).get(pk=1)
    known = {last: "", **noted, **dict(read_head(head) for head in heads)}
    return Verified(judge(_links(), known), unsigned)


def _noted() -> tuple[dict[int, str], int]:
    found, unsigned = {}, 0
    if heads_file().exists():
        with heads_file().open(errors="replace") as lines:
            for line in lines:
                try:
                    number, digest = read_head(line)
                except Invalid:
                    unsigned += 1
                else:
                    found[number] = digest
    return found, unsigned


def _links() -> Iterator[Link]:
    for entry in AuditEntry.objects.order_by("number").iterator():
        yield Link(entry.number, facts_of(entry), entry.digest)

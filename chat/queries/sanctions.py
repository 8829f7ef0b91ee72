"""Which mutes and bans are in force. An end is compared whenever one asks, so each is over by itself."""

from collections.abc import Collection
from datetime import datetime
from math import ceil
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chat.domain.sanctions import FREE, Sentence, Sentenced, muted
from chat.domain.shapes import Mute
from chat.models import Sanction
from chat.statements.built import Given, GivenMany, Statement


def in_force(now: Any = None) -> QuerySet[Sanction]:
    """All that are neither over nor lifted."""
    return Sanction.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now or timezone.now()), lifted_at=None)


def is_banned(person: str, room: Any = None) -> Exists:
    """Whether who is named by the column `person` is banned everywhere, or in `room` if one is given."""
    where = Q(room=None) if room is None else Q(room=None) | Q(room=room)
    return Exists(in_force().filter(where, person=OuterRef(person), kind=Sanction.Kind.BAN))


SENTENCES = Statement(
    lambda: in_force(Given("now", DateTimeField())).filter(
        Q(room=None) | Q(room__in=GivenMany("rooms", BigIntegerField())),
        person__in=GivenMany("people", BigIntegerField()),
    )
)


def sentences(user_ids: Collection[int], rooms: Collection[int] = ()) -> dict[int, list[Sanction]]:
    """What is in force on each of these people, everywhere or in one of these rooms; those who are free are absent."""
    found: dict[int, list[Sanction]] = {}
    for row in SENTENCES.objects(people=user_ids, rooms=rooms, now=timezone.now()):
        found.setdefault(row.person_id, []).append(row)
    return found


def sentenced(rows: Collection[Sanction], room: int | None = None) -> Sentenced:
    """What of one person's `rows` counts in this room: of each kind what is everywhere, then what lasts longest."""
    if not rows:
        return FREE
    now = timezone.now()
    here = sorted((row for row in rows if row.room_id in (None, room)), key=_weight)
    by_kind = {row.kind: _sentence(row, now) for row in here}
    return Sentenced(mute=by_kind.get("mute"), ban=by_kind.get("ban"))


def sentenced_here(user_id: int, room: int | None = None) -> Sentenced:
    """What one person is under in this room, or without one everywhere."""
    rooms = [] if room is None else [room]
    return sentenced(sentences([user_id], rooms).get(user_id, []), room)


def mute_of(sentenced: Sentenced) -> Mute | None:
    """What somebody is told who is muted, in the words of the refusal."""
    if sentenced.mute is None:
        return None
    refused = muted(sentenced.mute)
    return Mute(refused.message, refused.retry_after_ms)


def mute_here(user_id: int, slug: str) -> Mute | None:
    """The mute that one person is under in this room."""
    rows = in_force().filter(Q(room=None) | Q(room__slug=slug), person=user_id, kind=Sanction.Kind.MUTE)
    return mute_of(sentenced(rows, next((row.room_id for row in rows if row.room_id), None)))


def _weight(row: Sanction) -> tuple[bool, bool, float]:
    return row.room_id is None, row.ends_at is None, row.ends_at.timestamp() if row.ends_at else 0.0


def _sentence(row: Sanction, now: datetime) -> Sentence:
    left = None if row.ends_at is None else max(ceil((row.ends_at - now).total_seconds() * 1000), 1)
    return Sentence(row.reason, row.ends_at, left, everywhere=row.room_id is None, number=row.pk)

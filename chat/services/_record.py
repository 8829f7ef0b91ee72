"""The one way to change a room: lock its row, take numbers, write events, announce after commit."""

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from typing import TypedDict, Unpack

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction
from django.db.models import BigIntegerField, CharField, QuerySet
from django.utils import timezone

from chat import bus, models
from chat.connections import passes
from chat.domain import news, shapes
from chat.domain.errors import NotFound, Unauthenticated, Unavailable
from chat.domain.policy import Act, Standing, Target, refusal
from chat.domain.text import findable
from chat.queries.access import facts, standing
from chat.queries.sanctions import sentenced_here
from chat.services.acting import has_ended
from chat.statements.built import GivenMany, Statement
from chat.statements.rows import Row, insert_rows, update_rows

logger = logging.getLogger(__name__)

sqlite_writer = threading.RLock()
"""SQLite has one writer at a time; its threads queue here instead of polling the file lock."""


@contextmanager
def write_transaction() -> Iterator[None]:
    """The one outermost transaction of a use case. Raises Unavailable when its outcome is unknown."""
    try:
        with (
            sqlite_writer if connection.vendor == "sqlite" else nullcontext(),
            transaction.atomic(durable=True),
        ):
            yield
    except (OperationalError, InterfaceError, InternalError) as error:
        if not passes(error):
            raise
        logger.warning("the database took no write: %s", str(error).partition("\n")[0])
        raise Unavailable() from error


class About(TypedDict, total=False):
    """What the log remembers of an event beside kind, time and actor."""

    message: int
    emoji: str
    subject_id: int
    role: str


ABOUT: About = {"message": None, "emoji": "", "subject_id": None, "role": ""}  # type: ignore[typeddict-item]
EVENT_COLUMNS = ("room", "seq", "kind", "at", "actor", "message", "emoji", "subject", "role")


class RoomLog:
    """A locked room within a transaction: gives out numbers and keeps the events until `save`."""

    def __init__(self, room: models.Room, now: datetime) -> None:
        self.room = room
        self.now = now
        self._after = room.head
        self._rows: list[Row] = []
        self._shapes: list[shapes.Event] = []

    def next_seq(self) -> int:
        """The number of the event to record next."""
        return self.room.head + 1

    def record(self, event: shapes.Event, *, actor: AbstractUser, **about: Unpack[About]) -> None:
        """Adds the event that carries `next_seq`."""
        assert event.seq == self.next_seq(), "an event takes the next number of its room"
        self._shapes.append(event)
        self.record_unannounced(event.kind, actor=actor, **about)

    def record_unannounced(self, kind: str, *, actor: AbstractUser, **about: Unpack[About]) -> int:
        """Adds an event of a past that nobody was there to see; returns its number."""
        seq = self.next_seq()
        self.room.head = seq
        self._rows.append((self.room.pk, seq, kind, self.now, actor.pk, *(ABOUT | about).values()))
        return seq

    def rows(self) -> list[Row]:
        """The rows to write, of EVENT_COLUMNS; the caller writes those of all its rooms together."""
        return self._rows

    def announcement(self) -> list[news.RoomEvents]:
        """What to announce: nothing of an unannounced past."""
        return [news.RoomEvents(self.room.slug, self._after, tuple(self._shapes))] if self._shapes else []


def _rooms_to_lock(*, skip_locked: bool) -> QuerySet[models.Room]:
    named = models.Room.objects.filter(slug__in=GivenMany("slugs", CharField())).order_by("pk")
    return named.select_for_update(no_key=True, skip_locked=skip_locked)


ROOMS = {skip_locked: Statement(partial(_rooms_to_lock, skip_locked=skip_locked)) for skip_locked in (False, True)}


def lock_rooms(slugs: Iterable[str], *, skip_locked: bool = False) -> dict[str, RoomLog]:
    """Locks these rooms in id order until the transaction ends; rooms that do not exist (or are skipped) are absent."""
    locked = ROOMS[skip_locked].objects(slugs=set(slugs))
    now = timezone.now()
    return {room.slug: RoomLog(room, now) for room in locked}


def save(logs: Iterable[RoomLog]) -> None:
    """Writes the events and heads of these rooms and announces them after commit."""
    changed = [log for log in logs if log.rows()]
    insert_rows(models.Event, EVENT_COLUMNS, [row for log in changed for row in log.rows()])
    heads = [(log.room.pk, log.room.head, log.room.message_count) for log in changed]
    update_rows(models.Room, ("head", "message_count"), heads)
    bus.announce([announcement for log in changed for announcement in log.announcement()])


@contextmanager
def room_log(slug: str) -> Iterator[RoomLog]:
    """A use case on one room: its transaction, its lock, its events. Raises NotFound for no such room."""
    with write_transaction():
        log = lock_rooms([findable(slug)]).get(slug)
        if log is None:
            raise NotFound()
        yield log
        save([log])


PEOPLE = GivenMany("people", BigIntegerField())
PROFILES = Statement(
    lambda: models.Profile.objects.filter(user__in=PEOPLE).order_by("user_id").select_for_update(no_key=True)
)
USERS = Statement(lambda: get_user_model()._default_manager.filter(pk__in=PEOPLE))


def lock_people(user_ids: Iterable[int]) -> dict[int, models.Profile]:
    """The profiles (with users) of these people, locked in id order and made where missing.

    Persons are locked after rooms. Unknown ids are absent.
    """
    wanted = set(user_ids)
    found = _locked_profiles(wanted)
    if missing := wanted - found.keys():
        users = get_user_model()._default_manager.filter(pk__in=missing)
        models.Profile.objects.bulk_create(
            [models.Profile(user=user, display_name=user.get_full_name() or user.get_username()) for user in users],
            ignore_conflicts=True,
        )
        found = _locked_profiles(wanted)
    return found


def _locked_profiles(user_ids: set[int]) -> dict[int, models.Profile]:
    """Users are read by a statement of their own: one that waits for a lock shows joined rows as they were before."""
    found = {profile.user_id: profile for profile in PROFILES.objects(people=user_ids)}
    for user in USERS.objects(people=found):
        found[user.pk].user = user
    return found


def lock_installation() -> models.Installation:
    """The one row, locked until the transaction ends; locked after rooms and people."""
    return models.Installation.objects.select_for_update(no_key=True).get(pk=1)


def require(
    act: Act,
    room: models.Room,
    actor: AbstractUser,
    target: Target | None = None,
    *,
    subject: int | None = None,
) -> Standing:
    """The actor's standing under the locks of room and people, if the policy allows `act`; else raises its refusal.

    `subject` is the person acted against, locked together with the actor so that two such acts cannot deadlock.
    """
    people = lock_people({actor.pk} | ({subject} if subject else set()))
    if actor.pk not in people or has_ended(actor.pk):
        raise Unauthenticated()
    user = people[actor.pk].user
    role = models.Membership.objects.filter(room=room, user=user.pk).values_list("role", flat=True).first()
    under = sentenced_here(user.pk, room.pk)
    found = standing(user, role, guest=people[actor.pk].guest, sentenced=under)  # type: ignore[arg-type]
    if refused := refusal(act, found, facts(room), target):
        raise refused
    return found

"""The cast of the tests, known by name in every one, and short ways for them to act."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model

from chat import bus, models
from chat.domain.errors import ChatError
from chat.domain.news import RoomEvents
from chat.domain.shapes import Event, Message
from chat.queries import log
from chat.services import accounts, memberships, rooms
from chat.services.posting import Posted, Send, post_messages

CAST = ("anna", "ben", "cleo", "dora", "tide")
_rows: dict[type[Model], list[Any]] = {}

_client_ids = (f"client-{number}" for number in count(1))


@dataclass(frozen=True)
class World:
    """Anna owns the open room `harbour` and the private room `bridge`; ben is a member and dora a moderator of both.

    Cleo and the bot tide belong to nothing. `direct` is the direct room of anna and ben.
    """

    anna: User
    ben: User
    cleo: User
    dora: User
    tide: User
    direct: str
    harbour: str = "harbour"
    bridge: str = "bridge"


@pytest.fixture
def world(transactional_db: None, settings: Any) -> World:
    """The cast, with nothing said yet and nobody held back by the send limit."""
    limit_sends(settings, burst=100_000)
    return build()


def limit_sends(settings: Any, *, burst: int, per_second: float = 1.0) -> None:
    """Sets the send limit."""
    settings.PARLEY = {**settings.PARLEY, "SEND_BURST": burst, "SEND_PER_SECOND": per_second}


def build() -> World:
    """The cast in the database at hand: made by the services once in a run, and then by copies of the same rows."""
    if User.objects.exists():
        # Whoever is there already may have the key of a copy.
        _make()
    elif _rows:
        with transaction.atomic():
            models.Installation.objects.all().delete()
            for model, rows in _rows.items():
                model._base_manager.bulk_create(rows)
    else:
        _make()
        for model in (User, *apps.get_app_config("chat").get_models()):
            _rows[model] = list(model._base_manager.all())
    people = {user.username: user for user in User.objects.filter(username__in=CAST)}
    return World(**people, direct=models.Room.objects.get(kind="direct").slug)


def _make() -> None:
    anna, *_ = (person(name, bot=name == "tide") for name in CAST)
    for slug, kind in ((World.harbour, "open"), (World.bridge, "private")):
        rooms.create_room(actor=anna, slug=slug, kind=kind)
        memberships.add_member(actor=anna, room=slug, username="ben")
        memberships.add_member(actor=anna, room=slug, username="dora", role="moderator")
    rooms.open_direct_room(actor=anna, people=["ben"])


def person(name: str, **options: Any) -> User:
    """An account of this name, made when missing."""
    return accounts.make_person(username=name, **options)


def administrator(name: str = "root") -> User:
    """Somebody who may do everything in the admin."""
    user = person(name)
    user.is_staff = user.is_superuser = True
    user.save()
    return User.objects.get(pk=user.pk)


def fresh(user: User) -> User:
    """The same person as the database knows them now, without what the instance remembers."""
    return User.objects.get(pk=user.pk)


def send(actor: User, room: str, body: str, *, client_id: str = "", reply_to: int | None = None) -> Send:
    """What `actor` wants to say."""
    return Send(actor.pk, room, client_id or next(_client_ids), body, reply_to)


def post(actor: User, room: str, body: str, **options: Any) -> Posted:
    """Sends alone in a batch. Raises the refusal."""
    [result] = post_messages([send(actor, room, body, **options)])
    if isinstance(result, ChatError):
        raise result
    assert result is not None
    return result


def say(actor: User, room: str, body: str, **options: Any) -> Message:
    """The message that was said."""
    return post(actor, room, body, **options).message


def head(room: str) -> int:
    """The number of the room's newest event."""
    return models.Room.objects.get(slug=room).head


def events(room: str, after: int = 0) -> list[Event]:
    """The room's log as the database has it, from behind `after`."""
    row = models.Room.objects.get(slug=room)
    return log.read(row, after=after, upto=row.head)


def kinds(room: str, after: int = 0) -> list[str]:
    """What happened in the room behind `after`."""
    return [event.kind for event in events(room, after)]


@contextmanager
def announced(room: str) -> Iterator[list[Event]]:
    """The events of a room that are announced within the block, in order."""
    heard: list[Event] = []
    with bus.capture() as news:
        yield heard
    heard += [event for each in news if isinstance(each, RoomEvents) and each.room == room for event in each.events]

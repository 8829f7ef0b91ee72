"""Much realistic talk, fast: for trying what a large room feels like, and for measuring."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import Invalid
from chat.domain.text import clean_slug
from chat.services._chatter import EMOJI, utterance
from chat.services._past import Past, past
from chat.services._record import lock_people, write_transaction

CHUNK = 5_000
"""Messages of one transaction."""

PACE = timedelta(minutes=2)
LONGEST_PAST = timedelta(days=365)
RECENT = 20
"""How many messages back people answer, react and edit."""

FIRST_NAMES = ("Ada", "Bo", "Cleo", "Deniz", "Eva", "Finn", "Gita", "Hugo", "Ida", "Jun", "Kofi", "Lena", "Mia", "Noor")
LAST_NAMES = ("Abel", "Berg", "Costa", "Diaz", "Ek", "Fuchs", "Gray", "Haas", "Ito", "Jansen", "Kaya", "Lund", "Moreau")


def flood_room(*, slug: str, messages: int, people: int) -> Iterator[int]:
    """Writes `messages` messages of `people` people into a room, which is made where it is missing.

    Yields how many are written after every commit. Raises Invalid for an unfit slug and for nothing to do.
    """
    slug = clean_slug(slug)
    if messages < 1 or people < 1:
        raise Invalid("A flood takes at least 1 message and 1 person.")
    now = timezone.now()
    began = now - min(PACE * messages, LONGEST_PAST)
    crowd = _Crowd(_people(people), Random())
    written = 0
    while written < messages:
        size = min(CHUNK, messages - written)
        with past(slug, title=slug.replace("-", " ").capitalize(), created_at=began) as told:
            pace = (now - told.last) / (messages - written)
            crowd.talk(told, size, pace)
        written += size
        yield written


class _Crowd:
    """People of whom few write most of what is written."""

    def __init__(self, people: Sequence[AbstractUser], dice: Random) -> None:
        self.people = people
        self.dice = dice
        self._weights = list(accumulate(1 / place for place in range(1, len(people) + 1)))

    def talk(self, told: Past, messages: int, pace: timedelta) -> None:
        """Everybody is there, and `messages` messages are written, `pace` apart."""
        for place, person in enumerate(self.people):
            told.join(person, told.last, "member" if place else "owner")
        at = told.last
        recent: list[tuple[AbstractUser, models.Message]] = []
        for author in self.dice.choices(self.people, cum_weights=self._weights, k=messages):
            at += pace
            reply_to = self.dice.choice(recent)[1].seq if recent and self.dice.random() < 0.1 else None
            message = told.say(author, at, self._body(), reply_to)
            recent = [*recent[-RECENT:], (author, message)]
            self._dwell_on(told, at, *self.dice.choice(recent))

    def _dwell_on(self, told: Past, at: datetime, author: AbstractUser, message: models.Message) -> None:
        """Sometimes somebody reacts to a message, and sometimes its author rewrites it."""
        chance = self.dice.random()
        if chance < 0.1:
            told.react(self.dice.choice(self.people), at, message, self.dice.choice(EMOJI))
        elif chance < 0.12:
            told.edit(author, at, message, self._body())

    def _body(self) -> str:
        return utterance(self.dice, self.dice.choice(self.people).get_username())


def _people(count: int) -> list[AbstractUser]:
    """The people flood-1, flood-2, …, made where they are missing; they cannot sign in."""
    users = get_user_model()._default_manager
    names = [f"flood-{number}" for number in range(1, count + 1)]
    with write_transaction():
        users.bulk_create((_person(place, name) for place, name in enumerate(names)), ignore_conflicts=True)
        found = {user.get_username(): user for user in users.filter(username__startswith="flood-")}
        crowd = [cast(AbstractUser, found[name]) for name in names]
        lock_people(person.pk for person in crowd)
    return crowd


def _person(place: int, username: str) -> Any:
    first = FIRST_NAMES[place % len(FIRST_NAMES)]
    last = LAST_NAMES[place % len(LAST_NAMES)]
    return get_user_model()(username=username, first_name=first, last_name=last, password=make_password(None))

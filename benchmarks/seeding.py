"""Brings the people and rooms of all workloads into an installation, by `manage.py shell`; prints everybody's token."""

import json

from django.utils import timezone

from benchmarks.rooms import W1, W2, W3, W6, Shape
from chat.services._past import past
from chat.services.accounts import make_person
from chat.services.tokens import create_token

PEOPLE = 1000
ROOMS = {"w1": W1, "w2": W2, "w3": W3, "w6": W6}


def seed() -> None:
    """Everybody has a token and is a member of the rooms they talk in, so that nobody joins while it is measured."""
    people = [make_person(username=f"person-{number}") for number in range(PEOPLE)]
    tokens = [create_token(actor=person, person=person, name="benchmarks")[1] for person in people]
    for prefix, shape in ROOMS.items():
        _settle(prefix, shape, people)
    print(json.dumps(tokens))


def _settle(prefix: str, shape: Shape, people: list) -> None:
    rooms: dict[str, list] = {}
    for person, (room, _) in zip(people, shape.members_of(prefix), strict=False):
        rooms.setdefault(room, []).append(person)
    for room, members in rooms.items():
        with past(room, title=room, created_at=timezone.now()) as told:
            for place, person in enumerate(members):
                told.join(person, timezone.now(), "member" if place else "owner")

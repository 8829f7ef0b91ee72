"""Whom a text mentions, as far as they exist and may read it."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model

from chat import models
from chat.domain.text import mentioned

MOST = 50
"""How many people one message can call."""


def called(body: str) -> list[str]:
    """The usernames that `body` calls, at most MOST."""
    return mentioned(body)[:MOST]


def people_named(usernames: Iterable[str]) -> dict[str, int]:
    """Ids of the active people with these usernames, in one query (none when nobody is named)."""
    names = set(usernames)
    if not names:
        return {}
    users = get_user_model()._default_manager.filter(username__in=names, is_active=True)
    return dict(users.values_list("username", "pk"))


def known_mentions(room: models.Room, body: str, *, guest: bool) -> dict[str, int]:
    """Those whom `body` mentions and who may read `room`, by username; to a `guest` only its members are known."""
    people = people_named(called(body))
    if people and (guest or room.kind != models.Room.Kind.OPEN):
        inside = models.Membership.objects.filter(room=room, user__in=people.values())
        members = set(inside.values_list("user_id", flat=True))
        people = {name: pk for name, pk in people.items() if pk in members}
    return people


def save_mentions(room: models.Room, seq: int, usernames: Iterable[str]) -> None:
    """Makes the stored mentions of a message be these."""
    models.Mention.objects.filter(room=room, seq=seq).delete()
    people = people_named(usernames)
    models.Mention.objects.bulk_create([models.Mention(room=room, user_id=pk, seq=seq) for pk in people.values()])

"""People and rooms to look at, for who tries the chat."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser, Group
from django.utils import timezone

from chat import models
from chat.domain.errors import Conflict
from chat.queries.shapes import person_shape
from chat.services._demo_talk import BANNED, BOTS, MODERATOR, PEOPLE, REPORTS, STORIES, Line, Story
from chat.services._past import Past, past
from chat.services.accounts import make_person
from chat.services.cases import report_message
from chat.services.rooms import direct_key
from chat.services.sanctions import impose

PASSWORD = "parley-demo"
"""Everybody's, and no secret."""

SPAN = timedelta(days=2)
People = dict[str, AbstractUser]


def make_demo() -> list[str]:
    """Makes the demo people and lets them talk in rooms that are silent; answers who can sign in with PASSWORD.

    Raises Conflict where one of the names is somebody else's.
    """
    people = {name: _person(name, shown) for name, shown in PEOPLE.items()}
    for story in STORIES:
        _tell(story, people)
    _give_moderators_work(people)
    return [name for name in PEOPLE if name not in BOTS]


def _person(username: str, display_name: str) -> AbstractUser:
    person = make_person(username=username, password=PASSWORD, display_name=display_name, bot=username in BOTS)
    if person_shape(person).display_name != display_name:
        raise Conflict(f"{username} is a real person here; demo people come to new installations alone.")
    return person


def _tell(story: Story, people: People) -> None:
    members = [people[name] for name in story.people.split()]
    began = timezone.now() - SPAN
    key = direct_key([member.pk for member in members]) if story.kind == "direct" else None
    slug = story.slug or _direct_slug(key)
    facts = {"title": story.title, "topic": story.topic, "kind": story.kind, "direct_key": key, "created_at": began}
    with past(slug, **facts) as told:
        if told.room.message_count:
            return
        for place, member in enumerate(members):
            told.join(member, began, "member" if place else story.first_role)
        _talk(told, story.lines, people)


def _talk(told: Past, lines: tuple[Line, ...], people: People) -> None:
    said: list[models.Message] = []
    for line, at in zip(lines, _times(len(lines)), strict=True):
        reply_to = said[-line.answers].seq if line.answers else None
        author = people[line.author]
        message = told.say(author, at, line.body, reply_to)
        said.append(message)
        if line.edited:
            told.edit(author, at, message, line.edited)
        for emoji, names in line.reactions.items():
            for name in names.split():
                told.react(people[name], at, message, emoji)


def _give_moderators_work(people: People) -> None:
    """Somebody of the demo people moderates, two reports are open, and somebody is banned."""
    moderator, banned = people[MODERATOR], people[BANNED]
    if models.Sanction.objects.filter(person=banned.pk).exists():
        return
    moderator.is_staff = True
    moderator.save(update_fields=["is_staff"])
    moderator.groups.set(Group.objects.filter(name="Moderator"))
    for reporter, author, room, reason in REPORTS:
        written = models.Message.objects.filter(room__slug=room, author=people[author].pk, deleted_at=None)
        report_message(actor=people[reporter], room=room, seq=written.latest("seq").seq, reason=reason)
    week = timezone.now() + timedelta(days=7)
    impose(actor=moderator, person=banned, kind="ban", reason="Advertising in every room", ends_at=week)


def _times(count: int) -> Iterator[datetime]:
    """Moments of the last two days, the newest of them close together and a few minutes ago."""
    now = timezone.now()
    return (now - timedelta(minutes=4) - SPAN * ((count - place) / (count + 1)) ** 3 for place in range(1, count + 1))


def _direct_slug(key: str | None) -> str:
    existing = models.Room.objects.filter(direct_key=key).values_list("slug", flat=True).first()
    return existing or f"d-{secrets.token_hex(12)}"

"""A past that nobody was there to see: talk with times of its own, written in bulk and announced to nobody.

For demo rooms and for floods. The log is as whole as if it had been lived: who follows the room finds all of it there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain.shapes import RoleName
from chat.domain.text import mentioned, render
from chat.services._record import RoomLog, lock_rooms, save, write_transaction
from chat.services._send import Send, digest


@contextmanager
def past(slug: str, **facts: Any) -> Iterator["Past"]:
    """A stretch of a room's past, written in one transaction when the block ends.

    The room is made from `facts` where it is missing.
    """
    with write_transaction():
        models.Room.objects.get_or_create(slug=slug, defaults=facts)
        told = Past(lock_rooms([slug])[slug])
        yield told
        told.write()


class Past:
    """What happened in a locked room, in order; only messages of this stretch can be changed in it."""

    def __init__(self, log: RoomLog) -> None:
        self.room = log.room
        newest = models.Event.objects.filter(room=log.room, seq=log.room.head)
        self.last: datetime = newest.values_list("at", flat=True).first() or log.room.created_at
        members = models.Membership.objects.filter(room=log.room)
        self.people: dict[str, int] = dict(members.values_list("user__username", "user_id"))
        self._log = log
        self._joined: list[models.Membership] = []
        self._messages: list[models.Message] = []
        self._reactions: dict[tuple[int, int, str], models.Reaction] = {}
        self._read: dict[int, tuple[int, int]] = {}

    def join(self, person: AbstractUser, at: datetime, role: RoleName = "member") -> None:
        """Somebody came; who was in already stays what they are."""
        if person.get_username() in self.people:
            return
        self._now(at)
        seq = self._log.record_unannounced("member.joined", actor=person, subject_id=person.pk, role=role)
        self.people[person.get_username()] = person.pk
        self._joined.append(models.Membership(room=self.room, user_id=person.pk, role=role, joined_at=self.last))
        self._read[person.pk] = (seq, self.room.message_count)

    def say(self, author: AbstractUser, at: datetime, body: str, reply_to: int | None = None) -> models.Message:
        """Somebody wrote; `body` is clean and `reply_to` a message of the room."""
        self._now(at)
        seq = self._log.next_seq()
        self._log.record_unannounced("message.created", actor=author, message=seq)
        self.room.message_count += 1
        send = Send(author.pk, self.room.slug, f"past-{seq}", body, reply_to)
        message = models.Message(
            room_id=self.room.pk,
            seq=seq,
            rank=self.room.message_count,
            version=seq,
            author_id=author.pk,
            client_id=send.client_id,
            digest=digest(send),
            reply_to=reply_to,
            created_at=self.last,
        )
        self._put(message, body)
        self._messages.append(message)
        self._read[author.pk] = (seq, self.room.message_count)
        return message

    def edit(self, author: AbstractUser, at: datetime, message: models.Message, body: str) -> None:
        """The author gave the message another text."""
        self._now(at)
        message.version = self._log.record_unannounced("message.edited", actor=author, message=message.seq)
        message.edited_at = self.last
        self._put(message, body)

    def react(self, person: AbstractUser, at: datetime, message: models.Message, emoji: str) -> None:
        """Somebody reacted; the same emoji twice is once."""
        key = (message.seq, person.pk, emoji)
        if key in self._reactions:
            return
        self._now(at)
        message.version = self._log.record_unannounced("reaction.added", actor=person, message=message.seq, emoji=emoji)
        reaction = models.Reaction(message=message, user_id=person.pk, emoji=emoji, created_at=self.last)
        self._reactions[key] = reaction

    def write(self) -> None:
        """All rows, each table at once."""
        models.Membership.objects.bulk_create(self._joined)
        models.Message.objects.bulk_create(self._messages)
        models.Reaction.objects.bulk_create(self._reactions.values())
        models.Mention.objects.bulk_create(
            models.Mention(room_id=self.room.pk, user_id=self.people[name], seq=message.seq)
            for message in self._messages
            for name in message.mentions
        )
        models.ReadMark.objects.bulk_create(
            (
                models.ReadMark(room_id=self.room.pk, user_id=user_id, seq=seq, rank=rank)
                for user_id, (seq, rank) in sorted(self._read.items())
            ),
            update_conflicts=True,
            unique_fields=["user", "room"],
            update_fields=["seq", "rank"],
        )
        save([self._log])

    def _now(self, at: datetime) -> None:
        """It is `at`, but never earlier than what was before."""
        self.last = self._log.now = max(self.last, at)

    def _put(self, message: models.Message, body: str) -> None:
        message.body = body
        message.mentions = sorted(name for name in mentioned(body) if name in self.people)
        message.html = render(body, message.mentions)

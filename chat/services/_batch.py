"""One transaction's sends: the facts read under its locks, a decision on each, and the rows to write."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import CharField

from chat import models
from chat.conf import conf
from chat.domain import shapes
from chat.domain.errors import ChatError, Conflict, Invalid, NotFound, RateLimited, Unauthenticated
from chat.domain.limits import Bucket, milliseconds, take
from chat.domain.policy import Act, Standing, Target, refusal
from chat.domain.text import render
from chat.domain.words import Verdict
from chat.queries.access import facts, standing
from chat.queries.sanctions import sentenced, sentences
from chat.queries.shapes import message_shape, person_shape
from chat.queries.words import Rules, said
from chat.services import _held, _mentions
from chat.services._members import add_membership
from chat.services._record import RoomLog, lock_people, lock_rooms, save
from chat.services._send import Key, Posted, Result, Send, digest, key_of
from chat.statements.built import GivenMany, Statement
from chat.statements.rows import Row, insert_rows, read_keyed, update_rows

MESSAGE_COLUMNS = (
    "room",
    "seq",
    "rank",
    "version",
    "author",
    "client_id",
    "digest",
    "body",
    "html",
    "reply_to",
    "mentions",
    "created_at",
)
MARK_COLUMNS = ("user", "room", "seq", "rank", "wrote_at")
EXISTING = Statement(lambda: models.Room.objects.filter(slug__in=GivenMany("slugs", CharField())).values_list("slug"))


class Batch:
    """One transaction's sends. What they are decided from is read here, after the locks, each by one statement."""

    def __init__(self, sends: Sequence[Send], *, skip_locked: bool) -> None:
        rooms = {send.room for send in sends}
        self.logs = lock_rooms(rooms, skip_locked=skip_locked)
        self.skipped = self._existing(rooms - self.logs.keys()) if skip_locked else set()
        self.sends = [send for send in sends if send.room not in self.skipped]
        self.people = lock_people(send.actor_id for send in self.sends)
        self.ended = self._ended()
        self.known = self._known_messages()
        self.roles = self._roles()
        self.held = self._held()
        self.named = _mentions.people_named(name for send in self.sends for name in _mentions.called(send.body))
        self.insiders = self._insiders()
        self.wrote_at = self._wrote_at()
        self.rules = Rules([room.pk for room in self._rooms()])
        self.answerable = self._answerable()
        self.authors = {pk: person_shape(profile.user) for pk, profile in self.people.items()}
        self.posted: dict[Key, tuple[str, shapes.Message]] = {}
        self.joined: list[models.Membership] = []
        self.spent: set[int] = set()
        self.messages: list[Row] = []
        self.mentions: list[Row] = []
        self.marks: dict[tuple[int, int], Row] = {}
        self.results: list[Result | None] = [self._post(send) for send in sends]

    def write(self) -> None:
        """All rows of the batch, each table by one statement."""
        models.Membership.objects.bulk_create(self.joined)
        insert_rows(models.Message, MESSAGE_COLUMNS, self.messages)
        insert_rows(models.Mention, ("room", "user", "seq"), self.mentions)
        save(self.logs.values())
        # Whoever writes has read; the newest seq of a locked room cannot be behind another mark.
        marks = [mark for _, mark in sorted(self.marks.items())]
        insert_rows(models.ReadMark, MARK_COLUMNS, marks, key=("user", "room"))
        buckets = [(pk, self.people[pk].send_tokens, self.people[pk].send_tokens_at) for pk in self.spent]
        update_rows(models.Profile, ("send_tokens", "send_tokens_at"), buckets)

    # --- what is read under the locks -------------------------------------------------------------------------------

    def _rooms(self) -> list[models.Room]:
        return [log.room for log in self.logs.values()]

    def _placed(self) -> list[Send]:
        """The sends to rooms that are there."""
        return [send for send in self.sends if send.room in self.logs]

    @staticmethod
    def _existing(slugs: set[str]) -> set[str]:
        return {slug for (slug,) in EXISTING.rows(slugs=slugs)} if slugs else set()

    def _ended(self) -> set[tuple[int, str]]:
        """(user, credential) of those by which somebody sent that were revoked one by one."""
        given = {(send.actor_id, send.credential) for send in self.sends if send.credential}
        by = ("user", "credential")
        return set(read_keyed(models.Revocation, by, given, by))

    def _known_messages(self) -> dict[Key, models.Message]:
        wanted = {(self.logs[send.room].room.pk, send.actor_id, send.client_id) for send in self._placed()}
        found = [pk for (pk,) in read_keyed(models.Message, ("room", "author", "client_id"), wanted)]
        rows = models.Message.objects.filter(pk__in=found) if found else ()
        slugs = {log.room.pk: slug for slug, log in self.logs.items()}
        return {(slugs[row.room_id], row.author_id, row.client_id): row for row in rows}

    def _roles(self) -> dict[tuple[int, int], str]:
        wanted = {(self.logs[send.room].room.pk, send.actor_id) for send in self._placed()}
        rows = read_keyed(models.Membership, ("room", "user"), wanted, ("room", "user", "role"))
        return {(room, user): role for room, user, role in rows}

    def _held(self) -> dict[int, list[models.Sanction]]:
        """What is in force on these people; most are under nothing."""
        return sentences(self.people.keys(), [room.pk for room in self._rooms()])

    def _insiders(self) -> set[tuple[int, int]]:
        """(room, user) of the mentioned who belong to rooms of this batch, where nobody else can be mentioned."""
        guests = any(profile.guest for profile in self.people.values())
        closed = [room for room in self._rooms() if guests or room.kind != models.Room.Kind.OPEN]
        if not closed or not self.named:
            return set()
        rows = models.Membership.objects.filter(room__in=closed, user__in=self.named.values())
        return set(rows.values_list("room_id", "user_id"))

    def _wrote_at(self) -> dict[tuple[int, int], datetime]:
        """When people wrote last in the slow rooms of this batch, by (room, user)."""
        slow = [room for room in self._rooms() if room.slow_seconds]
        if not slow:
            return {}
        marks = models.ReadMark.objects.filter(room__in=slow, user__in=self.people)
        return {(room, user): at for room, user, at in marks.values_list("room_id", "user_id", "wrote_at") if at}

    def _answerable(self) -> set[tuple[int, int]]:
        """(room, seq) of the messages that `reply_to` may name."""
        wanted = {send.reply_to for send in self.sends if send.reply_to is not None}
        if not wanted:
            return set()
        rows = models.Message.objects.filter(room__in=self._rooms(), seq__in=wanted)
        return set(rows.values_list("room_id", "seq"))

    # --- one send ---------------------------------------------------------------------------------------------------

    def _post(self, send: Send) -> Result | None:
        if send.room in self.skipped:
            return None
        try:
            return self._decide(send)
        except ChatError as error:
            return error

    def _decide(self, send: Send) -> Result:
        log, profile = self._find(send)
        room = log.room
        person = self._standing(profile, log, send)
        if refused := refusal(Act.READ, person, facts(room)):
            raise refused
        if repeat := self._repeat(send):
            return repeat
        verdict = Verdict(send.body) if send.approved else self.rules.verdict(room.pk, person, send.body)
        refused = refusal(Act.SEND, person, facts(room), Target(said=said(verdict, person)))
        if not send.approved and (refused or verdict.held) and (answered := _held.earlier(log, send)):
            return answered
        if refused:
            raise refused
        if send.reply_to is not None and (room.pk, send.reply_to) not in self.answerable:
            raise Invalid(fields={"reply_to": "There is no such message in this room."})
        if not send.approved:
            self._spend(log, profile)
        if verdict.held:
            return _held.hold(log, send)
        if person.role is None:
            self._join(log, profile)
        return Posted(self._write(send, verdict.body, log, profile), created=True)

    def _standing(self, profile: models.Profile, log: RoomLog, send: Send) -> Standing:
        here = (log.room.pk, profile.user_id)
        under = sentenced(self.held.get(profile.user_id, ()), log.room.pk)
        found = standing(profile.user, self.roles.get(here), guest=profile.guest, sentenced=under)  # type: ignore[arg-type]
        if send.approved:
            return found._replace(newcomer_ms=0)
        return found._replace(silent_ms=milliseconds(self.wrote_at.get(here), log.now))

    def _find(self, send: Send) -> tuple[RoomLog, models.Profile]:
        if send.actor_id not in self.people or (send.actor_id, send.credential) in self.ended:
            raise Unauthenticated()
        if send.room not in self.logs:
            raise NotFound()
        return self.logs[send.room], self.people[send.actor_id]

    def _repeat(self, send: Send) -> Posted | None:
        key = key_of(send)
        if (earlier := self.posted.get(key)) is not None:
            first, message = earlier
        elif (found := self.known.get(key)) is not None:
            first, message = found.digest, message_shape(found)
        else:
            return None
        if first != digest(send):
            raise Conflict("This client_id was used for another message.")
        return Posted(message, created=False)

    def _spend(self, log: RoomLog, profile: models.Profile) -> None:
        bucket, wait_ms = take(
            Bucket(profile.send_tokens, profile.send_tokens_at),
            now=log.now,
            burst=conf().SEND_BURST,
            per_second=conf().SEND_PER_SECOND,
        )
        profile.send_tokens, profile.send_tokens_at = bucket
        if wait_ms:
            raise RateLimited(retry_after_ms=wait_ms)
        self.spent.add(profile.user_id)

    def _join(self, log: RoomLog, profile: models.Profile) -> None:
        """The first message of somebody who is not a member yet makes them one."""
        self.roles[log.room.pk, profile.user_id] = "member"
        self.joined.append(add_membership(log, profile.user, "member", actor=profile.user))

    def _write(self, send: Send, body: str, log: RoomLog, profile: models.Profile) -> shapes.Message:
        room, author, seq, first = log.room, profile.user_id, log.next_seq(), digest(send)
        people = self._mentioned(body, room, profile)
        room.message_count += 1
        rank, html, names = room.message_count, render(body, list(people)), sorted(people)
        row = (room.pk, seq, rank, seq, author, send.client_id, first, body, html, send.reply_to, names, log.now)
        message = shapes.Message(
            room=room.slug,
            seq=seq,
            version=seq,
            client_id=send.client_id,
            author=self.authors[author],
            body=body,
            html=html,
            reply_to=send.reply_to,
            mentions=names,
            reactions=[],
            pinned=False,
            created_at=log.now,
            edited_at=None,
            deleted=None,
        )
        self.messages.append(row)
        self.mentions += [(room.pk, pk, seq) for pk in people.values()]
        self.marks[author, room.pk] = (author, room.pk, seq, rank, log.now)
        self.posted[key_of(send)] = first, message
        self.answerable.add((room.pk, seq))
        self.wrote_at[room.pk, author] = log.now
        event = shapes.MessageEvent(seq, "message.created", log.now, message.author.username, message)
        log.record(event, actor=profile.user, message=seq)
        return message

    def _mentioned(self, body: str, room: models.Room, author: models.Profile) -> dict[str, int]:
        people = {name: self.named[name] for name in _mentions.called(body) if name in self.named}
        if room.kind == models.Room.Kind.OPEN and not author.guest:
            return people
        return {name: pk for name, pk in people.items() if (room.pk, pk) in self.insiders}

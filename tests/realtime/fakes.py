"""A database, groups and sockets that are none, so that hub and rooms are tested without Django."""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from chat.domain.closing import CloseCode
from chat.domain.cursors import Position
from chat.domain.errors import NotFound
from chat.domain.shapes import Event, Member, MemberEvent, Message, MessageEvent, Person, Reset
from chat.realtime.connection import Following, SocketConnection
from chat.realtime.room import LiveRoom
from chat.realtime.turns import Turns
from chat.wire.codecs.json import JSON
from chat.wire.encoded import Encoded, encode_event, encode_events
from tests.patience import PATIENCE

EPOCH = "epoch"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def person(number: int) -> Person:
    return Person(number, f"p{number}", f"P{number}")


def message(seq: int, body: str = "", *, version: int = 0) -> Message:
    body = body or f"body {seq}"
    who = person(1)
    return Message("room", seq, version or seq, f"c{seq}", who, body, "", None, [], [], False, NOW, None, None)


def created(seq: int, body: str = "") -> Event:
    return MessageEvent(seq, "message.created", NOW, "p1", message(seq, body))


def edited(seq: int, of: int, body: str = "edited") -> Event:
    return MessageEvent(seq, "message.edited", NOW, "p1", message(of, body, version=seq))


def left(seq: int, who: int) -> Event:
    return MemberEvent(seq, "member.left", NOW, f"p{who}", Member(person(who), "member"))


def encoded(*events: Event) -> list[Encoded]:
    return [encode_event(event) for event in events]


class FakeLog:
    """One room's log in a database, and who was removed; every read takes a turn of the loop, or waits for `gate`."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.epoch = EPOCH
        self.oldest = 1
        self.removed: set[int] = set()
        self.reads: list[str] = []
        self.limits: list[int] = []
        self.gate: asyncio.Event | None = None
        self.failures: list[Exception] = []
        self.at_read: dict[int, Callable[[], object]] = {}
        """What happens while the read of this number, from 1, is on its way."""

    @property
    def head(self) -> int:
        return len(self.events)

    def write(self, *events: Event) -> None:
        """Commits."""
        for event in events:
            assert event.seq == self.head + 1
            self.events.append(event)

    def say(self, count: int = 1) -> list[Event]:
        """Commits new messages; those."""
        new = [created(self.head + number) for number in range(1, count + 1)]
        self.write(*new)
        return new

    async def position(self, viewer: Any, room: str) -> Position:
        found = Position(self.epoch, self.oldest, self.head)
        refused = viewer.pk in self.removed
        await self._read("position")
        if refused:
            raise NotFound()
        return found

    async def events_after(self, viewer: Any, room: str, after: int, epoch: str, limit: int) -> list[Encoded] | Reset:
        self.limits.append(limit)
        await self._read("events_after")
        if viewer.pk in self.removed:
            raise NotFound()
        if epoch != self.epoch:
            return Reset(room, "epoch", self.oldest, self.head, self.epoch)
        upto = min(after + limit, self.head)
        return encode_events(self.events[after:upto])

    async def repair(self, room: str, after: int, limit: int) -> Sequence[Event]:
        found = self.events[after : after + limit]
        await self._read("repair")
        return found

    async def refused(self, room: str, user_ids: Collection[int]) -> set[int]:
        await self._read("refused")
        return self.removed & set(user_ids)

    async def _read(self, what: str) -> None:
        self.reads.append(what)
        number = len(self.reads)
        await (self.gate.wait() if self.gate else asyncio.sleep(0))
        self.at_read.get(number, int)()
        if self.failures:
            raise self.failures.pop()


class FakeGroups:
    """Which rooms the worker hears of."""

    def __init__(self) -> None:
        self.joined: set[str] = set()
        self.gate: asyncio.Event | None = None

    async def join(self, room: str) -> None:
        self.joined.add(room)
        await (self.gate.wait() if self.gate else asyncio.sleep(0))

    def leave(self, room: str) -> None:
        self.joined.discard(room)


class FakeFlow:
    """The pipe to a client that reads when it is told to."""

    def __init__(self) -> None:
        self.full = False
        self.on_drain: Callable[[], None] = lambda: None

    def drain(self) -> None:
        self.full = False
        self.on_drain()

    def unsent(self) -> int:
        return 0


class BrokenSocket(Exception):
    pass


class FakeSocket(SocketConnection):
    """A socket that believes no frame: events must follow its cursor."""

    def __init__(self, number: int, cursor: int | None) -> None:
        super().__init__(
            codec=JSON,
            write=self._hear,
            framed=False,
            shut=self._shut,
            viewer=SimpleNamespace(pk=number),
            person=person(number),
            scopes=frozenset({"read", "write"}),
        )
        self.cursor = cursor
        self.events: list[int] = []
        self.bodies: list[str] = []
        self.pages: list[tuple[int, bool]] = []
        """How many events each frame had, and whether it said `more`."""
        self.frames: list[dict[str, Any]] = []
        self.code: CloseCode | None = None
        self.broken = False

    def commands(self) -> list[str]:
        return [frame["command"] for frame in self.frames]

    def _hear(self, payload: bytes) -> None:
        if self.broken:
            raise BrokenSocket
        frame = json.loads(payload)
        if frame["command"] != "events":
            self.frames.append(frame)
            return
        after, seqs = frame["after"], [event["seq"] for event in frame["events"]]
        assert self.cursor in (None, after), f"after {after} came to {self.cursor}"
        assert seqs == list(range(after + 1, after + 1 + len(seqs)))
        assert seqs, "a frame without events"
        self.cursor = seqs[-1]
        self.events += seqs
        self.bodies += [event["message"]["body"] for event in frame["events"] if event["kind"].startswith("message.")]
        self.pages.append((len(seqs), frame.get("more", False)))

    def _shut(self, code: CloseCode) -> None:
        self.code = code


def socket(number: int = 1, *, cursor: int | None = None) -> FakeSocket:
    """A socket of the person with this number."""
    return FakeSocket(number, cursor)


class Room:
    """A live room on a fake log, and ways to let things happen in it."""

    def __init__(self, head: int = 0) -> None:
        self.log = FakeLog()
        self.log.say(head)
        self.turns = Turns()
        self.live = LiveRoom("room", Position(EPOCH, 1, head), self.log, self.turns)

    def enter(self, number=1, **options):
        """A live socket at the newest event."""
        return self.follow(number, self.live.feed.sent, live=True, **options)

    def follow(self, number, cursor, *, live=False, broken=False):
        """A socket at this cursor."""
        new = socket(number, cursor=cursor)
        new.broken = broken
        new.rooms["room"] = self.live.members[new] = Following(cursor=cursor, live=live)
        return new

    def catch_up(self, number, cursor, upto=None):
        """A socket that catches up to `upto` and says so."""
        new = self.follow(number, cursor)
        upto = self.log.head if upto is None else upto
        self.live.latecomers.catch_up(new, self.live.members[new], announce=True, upto=upto)
        return new

    def hint(self, *events):
        """Somebody commits and this worker hears of it."""
        self.log.write(*events)
        self.live.take(events[0].seq - 1, encoded(*events))

    def say(self, count=1):
        """Messages are committed one by one and heard of."""
        for event in [created(self.log.head + number) for number in range(1, count + 1)]:
            self.hint(event)


async def settle(turns: int = 50) -> None:
    """Lets everything happen that needs no clock."""
    for _ in range(turns):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits for a condition of the same loop."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody.
            await asyncio.sleep(0.001)

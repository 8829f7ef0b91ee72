"""The hub of a worker: all its sockets, by person and by the rooms they follow. Plain asyncio, no Django."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from chat.domain.closing import CloseCode
from chat.domain.cursors import Position, check_cursor, judge
from chat.domain.errors import Unavailable
from chat.realtime.connection import Connection, Following, Shared
from chat.realtime.room import LiveRoom, Reader
from chat.realtime.turns import Turns
from chat.telemetry import CONNECTIONS, RESUMES
from chat.wire.encoded import Encoded
from chat.wire.server import LimitedFrame, ResetFrame, ServerFrame

BATCH_SECONDS = 0.1
SMALLEST_BATCH = 5
"""A leaving worker sends this many away at once, or more when it has many."""


class Groups(Protocol):
    """How the worker hears what others commit in a room."""

    async def join(self, room: str) -> None:
        """Hear of the room; returns in bounded time, even when that did not succeed yet."""

    def leave(self, room: str) -> None:
        """Hear of it no longer."""


class Hub:
    """All sockets of one worker."""

    def __init__(self, reader: Reader, groups: Groups) -> None:
        self.connections: set[Connection] = set()
        self.on_change: Callable[[str], None] = lambda room: None
        """Called with a room when somebody began or ceased to follow it."""
        self.epoch = ""
        """Which history of the database this is; empty until it is known."""
        self._people: dict[int, set[Connection]] = {}
        self._rooms: dict[str, LiveRoom] = {}
        self._joining: Counter[str] = Counter()
        self._reader = reader
        self._turns = Turns()
        self._groups = groups

    # --- sockets -----------------------------------------------------------------------------------------------------

    def add(self, connection: Connection) -> None:
        """Knows a socket from now on."""
        self.connections.add(connection)
        CONNECTIONS.labels(transport=connection.transport).inc()

    def identify(self, connection: Connection) -> None:
        """Knows whose socket it is."""
        if connection.person is not None:
            self._people.setdefault(connection.person.id, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """Forgets a socket; may be called twice."""
        connection.closing = True
        connection.wake()
        if connection in self.connections:
            self.connections.remove(connection)
            CONNECTIONS.labels(transport=connection.transport).dec()
        if connection.person is not None:
            devices = self._people.get(connection.person.id, set())
            devices.discard(connection)
            if not devices:
                self._people.pop(connection.person.id, None)
        for room in list(connection.rooms):
            self.unsubscribe(connection, room)

    def devices(self, user_id: int) -> list[Connection]:
        """The sockets of one person here."""
        return list(self._people.get(user_id, ()))

    def members(self, room: str) -> list[Connection]:
        """The sockets that follow a room here."""
        return list(self._rooms[room].members) if room in self._rooms else []

    def heads(self, connection: Connection) -> dict[str, int]:
        """The newest event of each room the socket follows."""
        return {room: self._rooms[room].feed.position for room in connection.rooms if room in self._rooms}

    def send(self, connections: Iterable[Connection], frame: ServerFrame) -> None:
        """Sends one ephemeral frame to several sockets, encoded once; those that do not keep up go without."""
        shared: Shared = {}
        for connection in connections:
            if not connection.full:
                connection.send(frame, shared)

    async def send_away(self, code: CloseCode, *, seconds: float = 0.0) -> None:
        """Sends every connection away, in batches over at most `seconds`, so that they do not all come back at once."""
        leaving = list(self.connections)
        batch = max(math.ceil(len(leaving) * BATCH_SECONDS / seconds), SMALLEST_BATCH) if seconds else len(leaving)
        for number, connection in enumerate(leaving, start=1):
            connection.disconnect(code)
            if number % batch == 0 and number < len(leaving):
                await asyncio.sleep(BATCH_SECONDS)

    def begin(self, epoch: str) -> None:
        """Knows which history of the database this is. When it is another one than before, nothing that is known of
        any room holds: all is forgotten, and everybody is to come again."""
        if self.epoch and self.epoch != epoch:
            for connection in list(self.connections):
                connection.disconnect(CloseCode.RESTARTING)
            for slug in list(self._rooms):
                self._rooms.pop(slug).members.clear()
                self._release(slug)
        self.epoch = epoch

    # --- rooms -------------------------------------------------------------------------------------------------------

    def rooms(self) -> list[str]:
        """The rooms that somebody follows here."""
        return list(self._rooms)

    def take(self, room: str, after: int, events: Sequence[Encoded], committed_at: float | None = None) -> None:
        """Passes events on to a room, if anybody follows it."""
        if room in self._rooms:
            self._rooms[room].take(after, events, committed_at)

    def compare(self, bounds: dict[str, tuple[int, int]]) -> None:
        """The position check: repairs the rooms whose log has gone further than is known here, and has everybody
        discard what a room's log has lost at its beginning."""
        for slug, (oldest, head) in bounds.items():
            if slug in self._rooms:
                room = self._rooms[slug]
                room.compare(head)
                if oldest > room.oldest:
                    room.oldest = oldest
                    self._reset(room)

    def _reset(self, room: LiveRoom) -> None:
        """Everybody is to hold of the room what it has now; from its head on they are live."""
        head = room.feed.position
        frame = ResetFrame(room=room.slug, reason="trimmed", oldest=room.oldest, head=head, epoch=self.epoch)
        for connection in list(room.members):
            RESUMES.labels(outcome="reset").inc()
            self._follow(connection, room, Following(cursor=head), frame, head)()

    async def subscribe(
        self, connection: Connection, slug: str, *, after: int | None, epoch: str | None, most: int | None
    ) -> tuple[int, Callable[[], None]]:
        """Follows a room from a cursor, or from its head.

        Returns the head, and what starts the deliveries, to be called when the reply is out. Raises ChatError for a
        room the viewer may not read and for an impossible cursor.
        """
        if after is not None:
            check_cursor(after=after, epoch=epoch)
        connection.require_reach(slug)
        self._joining[slug] += 1
        try:
            position = await self._join(connection, slug)
            reason = None if after is None else judge(after=after, epoch=epoch, position=position)
            frame: ServerFrame | None = None
            if reason:
                frame = ResetFrame(
                    room=slug, reason=reason, oldest=position.oldest, head=position.head, epoch=position.epoch
                )
            elif after is not None and most is not None and position.head - after > most:
                frame = LimitedFrame(room=slug, head=position.head, epoch=position.epoch)
            following = Following(cursor=position.head if after is None or frame else after)
            RESUMES.labels(outcome=_outcome(after, following, frame)).inc()
            return position.head, self._follow(connection, self._rooms[slug], following, frame, position.head)
        finally:
            self._joining[slug] -= 1
            self._release(slug)

    def _follow(
        self, connection: Connection, room: LiveRoom, following: Following, frame: ServerFrame | None, head: int
    ) -> Callable[[], None]:
        connection.rooms[room.slug] = room.members[connection] = following
        self.on_change(room.slug)

        def start() -> None:
            if room.members.get(connection) is following:
                if frame is not None:
                    connection.send(frame)
                room.latecomers.catch_up(connection, following, announce=frame is None, upto=head)

        return start

    def unsubscribe(self, connection: Connection, slug: str) -> None:
        """Follows a room no longer."""
        connection.rooms.pop(slug, None)
        room = self._rooms.get(slug)
        if room is not None:
            room.members.pop(connection, None)
            self.on_change(slug)
            self._release(slug)

    async def _join(self, connection: Connection, slug: str) -> Position:
        """Makes sure the worker hears of the room, then reads where its log stands; so nothing falls between.

        A position from before an event that narrowed rights proves nothing about them and is read again.
        """
        if slug not in self._rooms:
            self._room(slug, await self._position(connection, slug))
        await self._groups.join(slug)
        while True:
            position = await self._position(connection, slug)
            room = self._room(slug, position)
            if position.head >= room.narrowed:
                room.compare(position.head)
                return position

    async def _position(self, connection: Connection, slug: str) -> Position:
        position = await self._reader.position(connection.viewer, slug)
        self.epoch = self.epoch or position.epoch
        if position.epoch != self.epoch:
            raise Unavailable("Another history of this chat begins; come again.")
        return position

    def _room(self, slug: str, position: Position) -> LiveRoom:
        """The room, which from now on hears its events, also while nobody follows it yet."""
        if slug not in self._rooms:
            self._rooms[slug] = LiveRoom(slug, position, self._reader, self._turns, self._dropped)
        return self._rooms[slug]

    def _dropped(self, slug: str) -> None:
        self.on_change(slug)
        self._release(slug)

    def _release(self, slug: str) -> None:
        """Forgets a room that nobody follows or is about to follow."""
        room = self._rooms.get(slug)
        if not self._joining[slug] and not (room and room.members):
            self._rooms.pop(slug, None)
            del self._joining[slug]
            self._groups.leave(slug)


def _outcome(after: int | None, following: Following, frame: ServerFrame | None) -> str:
    if frame is not None:
        return str(frame.__struct_config__.tag)
    return "head" if after is None else "replayed"

"""A room that sockets of this worker follow, and the one delivery for all of them.

Every socket has a cursor. A frame is written only to a live socket whose cursor equals the frame's `after`; between
that check, the write and the advance there is no await. Any other socket is caught up from the ring or the log
(`catching_up.py`). So nothing is lost, doubled or reordered, whatever arrives late, twice or never.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from chat.domain.cursors import Position
from chat.domain.errors import ChatError
from chat.domain.shapes import Event
from chat.realtime.catching_up import LOG_PAGE, RETRY_SECONDS, Latecomers, LogReader
from chat.realtime.connection import Connection, Following, Shared
from chat.realtime.feed import Feed
from chat.realtime.tasks import Tasks
from chat.realtime.turns import Turns
from chat.telemetry import COMMIT_TO_SEND, DELIVERIES, HINTS_LOST, log
from chat.wire.encoded import Encoded, encode_events

logger = logging.getLogger(__name__)

COALESCE_SECONDS = 0.005
"""After a frame, what follows within this time goes as one frame."""
OVERTAKING_SECONDS = 0.03
"""How long an event waits for its predecessors before the log is asked for them."""
WRITES_PER_TURN = 100
"""Sockets written to before the loop may do something else."""

Members = Sequence[tuple[Connection, Following]]


class Reader(LogReader, Protocol):
    """What a room asks of the database."""

    async def position(self, viewer: Any, room: str) -> Position:
        """Where the log stands, for who may read it. Raises ChatError."""

    async def repair(self, room: str, after: int, limit: int) -> Sequence[Event]:
        """Events behind `after`, for the worker itself. Raises ChatError."""

    async def refused(self, room: str, user_ids: Sequence[int]) -> set[int]:
        """Those of `user_ids` who may not read the room any more. Raises ChatError."""


class LiveRoom:
    """One room: its feed, the sockets that follow it, and the frames between them."""

    def __init__(
        self,
        slug: str,
        position: Position,
        reader: Reader,
        turns: Turns,
        dropped: Callable[[str], None] = lambda slug: None,
    ) -> None:
        self.slug = slug
        self.epoch = position.epoch
        self.oldest = position.oldest
        self.feed = Feed(slug, position.head)
        self.members: dict[Connection, Following] = {}
        self.narrowed = 0
        """The newest event behind which the rights of all members were asked anew."""
        self._reader = reader
        self._dropped = dropped
        self._flushing = False
        self._repairing = False
        self._flush_timer: asyncio.TimerHandle | None = None
        self._last_flush = 0.0
        self._waiting_since: float | None = None
        self._tasks = Tasks(f"delivery in room {slug}")
        self.latecomers = Latecomers(self.feed, self.epoch, self.members, reader, self.drop, turns, self._tasks)

    # --- events come in ----------------------------------------------------------------------------------------------

    def take(self, after: int, events: Sequence[Encoded], committed_at: float | None = None) -> None:
        """Takes events from wherever they come: a commit here, another worker's hint, or the log.

        `committed_at` (seconds of the wall clock) lets their way to the sockets be measured.
        """
        if self.feed.take(after, events):
            self._waiting_since = self._waiting_since or committed_at
            self._flush_soon()
        if self.feed.has_gap:
            asyncio.get_running_loop().call_later(OVERTAKING_SECONDS, self._repair_late)

    def compare(self, head: int) -> None:
        """Repairs the room if its log has gone further than is known here, unless the news is just on its way.

        Where nobody has been served, the room simply begins there.
        """
        if self.feed.position < head and not self.members:
            self.feed.skip_to(head)
        if self.feed.position < head:
            asyncio.get_running_loop().call_later(OVERTAKING_SECONDS, self._repair_late, head)

    def _repair_late(self, head: int = 0) -> None:
        if self.feed.has_gap or self.feed.position < head:
            self._start_repair()

    def _start_repair(self) -> None:
        if self.members and not self._repairing:
            self._repairing = True
            self._tasks.spawn(self._repair())

    async def _repair(self) -> None:
        try:
            full = True
            while full and self.members:
                after = self.feed.position
                events = await self._reader.repair(self.slug, after, LOG_PAGE)
                HINTS_LOST.inc(len(events))
                self.take(after, encode_events(events))
                full = len(events) == LOG_PAGE
        except ChatError as error:
            logger.warning("room %s waits for repair: %s", self.slug, error.code)
        finally:
            self._repairing = False

    # --- frames go out -----------------------------------------------------------------------------------------------

    def _flush_soon(self) -> None:
        if self._flushing or self._flush_timer is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._last_flush + COALESCE_SECONDS - loop.time()
        if wait <= 0:
            self._flush()
        else:
            self._flush_timer = loop.call_later(wait, self._flush)

    def _flush(self) -> None:
        self._flush_timer = None
        events = self.feed.next_frame()
        if not events:
            return
        after, self.feed.sent = self.feed.sent, events[-1].seq
        if self._waiting_since is not None:
            COMMIT_TO_SEND.observe(max(time.time() - self._waiting_since, 0.0))
            self._waiting_since = None
        members = list(self.members.items())
        if len(members) <= WRITES_PER_TURN and not events[-1].narrowing:
            self._deliver(after, events, members)
            self._flushed()
        else:
            self._flushing = True
            self._tasks.spawn(self._flush_in_turns(after, events, members))

    async def _flush_in_turns(self, after: int, events: Sequence[Encoded], members: Members) -> None:
        try:
            for start in range(0, len(members), WRITES_PER_TURN):
                self._deliver(after, events, members[start : start + WRITES_PER_TURN])
                await asyncio.sleep(0)
            if events[-1].narrowing:
                await self._drop_refused(events[-1].seq)
        finally:
            self._flushing = False
            self._flushed()

    def _flushed(self) -> None:
        self._last_flush = asyncio.get_running_loop().time()
        if self.feed.sent < self.feed.position:
            self._flush_soon()

    def _deliver(self, after: int, events: Sequence[Encoded], members: Members) -> None:
        shared: Shared = {}
        served = 0
        upto = events[-1].seq
        for connection, following in members:
            if not following.live or connection.closing or self.members.get(connection) is not following:
                continue
            if connection.full:
                following.live = False
                self.latecomers.catch_up(connection, following)
            elif following.cursor == after:
                connection.send_events(self.slug, after, events, shared=shared)
                following.cursor = upto
                served += 1
            elif following.cursor < upto:
                following.live = False
                self.latecomers.catch_up(connection, following)
        DELIVERIES.inc(served * len(events))
        for event in events:
            log.debug("delivered", room=self.slug, seq=event.seq, connections=served)

    async def _drop_refused(self, seq: int) -> None:
        """Behind an event that narrows rights nothing is sent before the policy was asked anew."""
        self.narrowed = seq
        people = {connection.person.id for connection in self.members if connection.person}
        refused = await self._ask_refused(list(people))
        for connection in list(self.members):
            if connection.person is None or connection.person.id in refused:
                self.drop(connection)

    async def _ask_refused(self, people: Sequence[int]) -> set[int]:
        while True:
            try:
                return await self._reader.refused(self.slug, people)
            except Exception as error:
                logger.warning("room %s waits for its policy: %r", self.slug, error)
                await asyncio.sleep(RETRY_SECONDS)

    def drop(self, connection: Connection) -> None:
        """Ends the delivery to a socket that may not read here."""
        connection.rooms.pop(self.slug, None)
        self.members.pop(connection, None)
        self._dropped(self.slug)
        if not connection.closing:
            connection.lose(self.slug)

"""Sockets of a room that are not where its live ones are: those who come back, and those who do not keep up."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError
from chat.domain.shapes import Reset
from chat.realtime.connection import Connection, Following, Shared
from chat.realtime.feed import PAGE_BYTES, Feed, page
from chat.realtime.tasks import Tasks
from chat.realtime.turns import Turns
from chat.telemetry import DELIVERIES, log
from chat.wire.encoded import Encoded
from chat.wire.server import Live

logger = logging.getLogger(__name__)

SLOW_PAGE_BYTES = 32 * 1024
"""The largest page for a client that did not keep up, so that little of it waits in memory."""
LOG_PAGE = 500
FEWEST_READ = 16
"""A catch-up reads twice as many events as its last page could hold, within these bounds."""
RETRY_SECONDS = 1.0


class LogReader(Protocol):
    """What a catch-up asks of the database."""

    async def events_after(self, viewer: Any, room: str, after: int, epoch: str, limit: int) -> list[Encoded] | Reset:
        """A page of the log, rights asked anew. Raises ChatError."""


class Latecomers:
    """The way of a room's sockets from their cursors to where the live ones are, by pages of the ring or the log."""

    def __init__(
        self,
        feed: Feed,
        epoch: str,
        members: Mapping[Connection, Following],
        reader: LogReader,
        drop: Callable[[Connection], None],
        turns: Turns,
        tasks: Tasks,
    ) -> None:
        self._feed = feed
        self._epoch = epoch
        self._members = members
        self._reader = reader
        self._drop = drop
        self._tasks = tasks
        self._turns = turns
        self._own_turn = asyncio.Lock()
        """Of a room one socket at a time waits for a turn, so that rooms take turns too."""
        self._first_read: asyncio.Future[None] | None = None
        self._under_way = 0
        self._page: tuple[list[Encoded], bool] | None = None
        self._encoded: Shared = {}

    def catch_up(self, connection: Connection, following: Following, *, announce: bool = False, upto: int = 0) -> None:
        """Brings a socket from its cursor to `upto` and to where the live ones are, then makes it live.

        `announce` says so by a `live` frame; without it nobody notices.
        """
        self._tasks.spawn(self._follow(connection, following, announce=announce, upto=upto))

    async def _follow(self, connection: Connection, following: Following, *, announce: bool, upto: int) -> None:
        self._under_way += 1
        try:
            await self._follow_up(connection, following, announce=announce, upto=upto)
        except Exception:
            logger.exception("%s could not catch up in room %s", connection.id, self._feed.room)
            connection.disconnect(CloseCode.OVERLOADED)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._page, self._encoded = None, {}

    async def _follow_up(self, connection: Connection, following: Following, *, announce: bool, upto: int) -> None:
        largest = PAGE_BYTES
        while self._followed_by(connection, following):
            if connection.full:
                largest = SLOW_PAGE_BYTES
                await connection.drained()
                continue
            goal = max(self._feed.sent, upto)
            if following.cursor >= goal:
                following.live = True
                if announce:
                    connection.send(Live(room=self._feed.room, head=following.cursor, epoch=self._epoch))
                return
            await self._send_page(connection, following, goal, largest)

    def _followed_by(self, connection: Connection, following: Following) -> bool:
        return self._members.get(connection) is following and not connection.closing

    async def _send_page(self, connection: Connection, following: Following, goal: int, largest: int) -> None:
        """The next page from ring or log; the log is asked again whether the viewer may read it."""
        read: list[Encoded] = []
        rewritten = self._feed.rewritten
        if self._is_behind(following, goal) and not await self._filled_by_another(following, goal):
            read = await self._lead(self._read_page(connection, following.cursor, following.reads))
            if not read:
                return
        async with self._own_turn, self._turns:
            # Both are looked at when the turn has come: a text that was rewritten meanwhile must not be replayed.
            events = self._feed.still_true(read, rewritten) if read else self._feed.between(following.cursor, goal)
            if events and self._followed_by(connection, following):
                self._write_page(connection, following, page(events, largest), goal)

    def _is_behind(self, following: Following, goal: int) -> bool:
        """Whether the ring has not all that is to come next."""
        return goal > self._feed.position or self._feed.between(following.cursor, goal) is None

    async def _filled_by_another(self, following: Following, goal: int) -> bool:
        """Of a crowd that comes back one reads first; whether that has brought into the ring what the others need."""
        if self._first_read is None:
            return False
        await asyncio.wait([self._first_read])
        return not self._is_behind(following, goal)

    async def _lead(self, reading: Coroutine[Any, Any, list[Encoded]]) -> list[Encoded]:
        """Has those who come meanwhile wait for this read, unless another is the first already."""
        if self._first_read is not None:
            return await reading
        self._first_read = asyncio.get_running_loop().create_future()
        try:
            return await reading
        finally:
            self._first_read.set_result(None)
            self._first_read = None

    def _write_page(self, connection: Connection, following: Following, chosen: list[Encoded], goal: int) -> None:
        more = chosen[-1].seq < goal
        shared = self._shared(chosen, more=more)
        connection.send_events(self._feed.room, following.cursor, chosen, more=more, shared=shared)
        DELIVERIES.inc(len(chosen))
        if log.is_enabled_for(logging.DEBUG):
            for event in chosen:
                log.debug("replayed", room=self._feed.room, seq=event.seq, connection=connection.id)
        following.cursor = chosen[-1].seq
        following.reads = min(max(2 * len(chosen), FEWEST_READ), LOG_PAGE)

    def _shared(self, chosen: list[Encoded], *, more: bool) -> Shared:
        """What is encoded already of this page: a crowd that has missed the same gets the same bytes."""
        if (chosen, more) != self._page:
            self._page, self._encoded = (chosen, more), {}
        return self._encoded

    async def _read_page(self, connection: Connection, after: int, limit: int) -> list[Encoded]:
        """A page of the log; empty when there was none to give, and the socket was dropped or will be asked again."""
        rewritten = self._feed.rewritten
        try:
            found = await self._reader.events_after(connection.viewer, self._feed.room, after, self._epoch, limit)
        except ChatError as error:
            if error.retryable:
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self._drop(connection)
            return []
        if isinstance(found, Reset):
            connection.disconnect(CloseCode.RESTARTING)
            return []
        self._feed.fill(found, rewritten)
        return found

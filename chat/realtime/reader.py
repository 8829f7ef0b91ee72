"""What the hub reads from the database, each in a thread of the bridge."""

from collections.abc import Sequence
from typing import Any

from chat.domain.cursors import Position
from chat.domain.shapes import Event, LogPage, Reset
from chat.queries import log, rooms
from chat.queries.access import readable
from chat.realtime.bridge import call


class DatabaseReader:
    """The queries behind `room.Reader`."""

    async def position(self, viewer: Any, room: str) -> Position:
        return (await call(readable, viewer, room)).position

    async def events_after(self, viewer: Any, room: str, after: int, epoch: str, limit: int) -> LogPage | Reset:
        return await call(log.events_after, viewer, room, after=after, epoch=epoch, limit=limit)

    async def repair(self, room: str, after: int, limit: int) -> Sequence[Event]:
        return await call(log.committed_after, room, after=after, limit=limit)

    async def refused(self, room: str, user_ids: Sequence[int]) -> set[int]:
        return await call(rooms.refused_readers, room, user_ids)

"""What the hub reads from the database, each in a thread of the bridge; a crowd shares its reads."""

from collections.abc import Collection, Sequence
from typing import Any

from chat.domain.cursors import Position
from chat.domain.errors import ChatError
from chat.domain.shapes import Event, LogPage, Reset
from chat.queries import log
from chat.queries.access import located, refused_readers
from chat.realtime.bridge import call
from chat.realtime.gather import Gather

PageKey = tuple[str, int, str, int]


class DatabaseReader:
    """The queries behind `room.Reader`."""

    def __init__(self) -> None:
        self._positions: Gather[str, int, Position] = Gather(self._read_positions)
        self._pages: Gather[PageKey, int, LogPage | Reset] = Gather(self._read_pages)

    async def position(self, viewer: Any, room: str) -> Position:
        return await self._positions.ask(room, viewer.pk)

    async def events_after(self, viewer: Any, room: str, after: int, epoch: str, limit: int) -> LogPage | Reset:
        return await self._pages.ask((room, after, epoch, limit), viewer.pk)

    async def repair(self, room: str, after: int, limit: int) -> Sequence[Event]:
        return await call(log.committed_after, room, after=after, limit=limit)

    async def refused(self, room: str, user_ids: Collection[int]) -> set[int]:
        return set((await call(_position, room, user_ids))[1])

    async def _read_positions(self, room: str, user_ids: Sequence[int]) -> list[Position | Exception]:
        position, refused = await call(_position, room, set(user_ids))
        return [refused.get(user, position) for user in user_ids]

    async def _read_pages(self, key: PageKey, user_ids: Sequence[int]) -> list[LogPage | Reset | Exception]:
        room, after, epoch, limit = key
        found, refused = await call(log.events_for, set(user_ids), room, after=after, epoch=epoch, limit=limit)
        return [refused.get(user, found) for user in user_ids]


def _position(slug: str, user_ids: Collection[int]) -> tuple[Position, dict[int, ChatError]]:
    """Where the log stands, and who may not read it."""
    room, position = located(slug)
    return position, refused_readers(room, user_ids)

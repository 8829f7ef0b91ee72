"""What the hub reads from the database, each in a thread of the bridge; a crowd shares its reads."""

from collections.abc import Collection, Sequence
from typing import Any

from chat.domain.cursors import Position
from chat.domain.errors import ChatError
from chat.domain.shapes import Event, Reset
from chat.queries import log
from chat.queries.access import located, positions, refused_readers
from chat.realtime.bridge import call
from chat.realtime.gather import Gather
from chat.wire.encoded import Encoded, encode_events

PageKey = tuple[str, int, str, int]


class DatabaseReader:
    """The queries behind `room.Reader`."""

    def __init__(self) -> None:
        self._positions: Gather[str, tuple[str, int], Position] = Gather(self._read_positions)
        self._pages: Gather[PageKey, int, list[Encoded] | Reset] = Gather(self._read_pages)

    async def position(self, viewer: Any, room: str) -> Position:
        return await self._positions.ask("positions", (room, viewer.pk))

    async def events_after(self, viewer: Any, room: str, after: int, epoch: str, limit: int) -> list[Encoded] | Reset:
        return await self._pages.ask((room, after, epoch, limit), viewer.pk)

    async def repair(self, room: str, after: int, limit: int) -> Sequence[Event]:
        return await call(log.committed_after, room, after=after, limit=limit)

    async def refused(self, room: str, user_ids: Collection[int]) -> set[int]:
        return await call(_refused, room, user_ids)

    async def _read_positions(self, _: str, asked: Sequence[tuple[str, int]]) -> list[Position | ChatError]:
        return await call(positions, asked)

    async def _read_pages(self, key: PageKey, user_ids: Sequence[int]) -> list[list[Encoded] | Reset | Exception]:
        room, after, epoch, limit = key
        found, refused = await call(_events, set(user_ids), room, after, epoch, limit)
        return [refused.get(user, found) for user in user_ids]


def _refused(slug: str, user_ids: Collection[int]) -> set[int]:
    """Those of them who may not read the room."""
    return set(refused_readers(located(slug)[0], user_ids))


def _events(
    user_ids: Collection[int], room: str, after: int, epoch: str, limit: int
) -> tuple[list[Encoded] | Reset, dict[int, ChatError]]:
    """A page of the log, encoded once for all who wait for it, and who may not read it."""
    found, refused = log.events_for(user_ids, room, after=after, epoch=epoch, limit=limit)
    return found if isinstance(found, Reset) else encode_events(found.events), refused

"""Server-sent events: rooms come as a stream over plain HTTP, messages go by POST."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import httpx
import msgspec

from parley_client.api import Api
from parley_client.credentials import Credentials
from parley_client.errors import Refused
from parley_client.frames import Disconnect, Error, Events, Frame, decode_as
from parley_client.links.base import Blocked, Ended, Wanted, slices
from parley_client.links.http import HttpLink, judge

CONNECT_SECONDS = 5.0
FIRST_BYTE_SECONDS = 10.0
SILENCE_SECONDS = 40.0
"""The server says something every 15 seconds."""
MOST_ROOMS = 50
"""Rooms of one stream."""
LARGEST_EVENT = 16 * 1024 * 1024


class ServerEvent(NamedTuple):
    """One event of a stream."""

    name: str
    data: bytes
    id: str


class StreamLink(HttpLink):
    """One stream for every fifty rooms; all are opened anew when the rooms change, each room from its cursor."""

    def __init__(self, api: Api, credentials: Credentials, hear: Callable[[Frame], None]) -> None:
        super().__init__(api, credentials, hear)
        self._rooms: dict[str, Wanted] = {}
        self._streams: list[asyncio.Task[Any]] = []

    def follow(self, rooms: Sequence[Wanted]) -> None:
        self._rooms |= {each.room: each for each in rooms}
        self._restart()

    def leave(self, room: str) -> None:
        if self._rooms.pop(room, None) is not None:
            self._restart()

    def _restart(self) -> None:
        for stream in self._streams:
            stream.cancel()
        self._streams = [self.spawn(self._listen(some)) for some in _shared_out(list(self._rooms.values()))]

    async def _listen(self, rooms: list[Wanted]) -> None:
        """Hears one stream. Raises Ended, Blocked, or what httpx does."""
        timeout = httpx.Timeout(CONNECT_SECONDS, read=SILENCE_SECONDS)
        headers = await self.credentials.headers()
        try:
            async with (
                asyncio.timeout(FIRST_BYTE_SECONDS) as patience,
                self.api.http.stream(
                    "GET", "events/stream", params=_query(rooms), headers=headers, timeout=timeout
                ) as response,
            ):
                if not _is_stream(response):
                    await response.aread()
                    self._refuse_all(rooms, judge(response))
                    return
                async for event in server_events(response.aiter_bytes()):
                    patience.reschedule(None)
                    self._take(event)
        except TimeoutError:
            raise Blocked("A stream is held back on its way.", certain=True) from None
        raise Ended()

    def _refuse_all(self, rooms: list[Wanted], refused: Refused) -> None:
        for each in rooms:
            self._rooms.pop(each.room, None)
        self.refuse(rooms, refused)

    def _take(self, event: ServerEvent) -> None:
        frame = decode_as(event.name, event.data)
        if isinstance(frame, Disconnect):
            raise Ended(frame.code, frame.reason, frame.retry_after_ms)
        if isinstance(frame, Error) and frame.room:
            self._rooms.pop(frame.room, None)
        if isinstance(frame, Events):
            frame = msgspec.structs.replace(frame, epoch=event.id.partition(";")[0])
        if frame is not None:
            self.hear(frame)


def _is_stream(response: httpx.Response) -> bool:
    return response.is_success and response.headers.get("content-type", "").startswith("text/event-stream")


def _shared_out(rooms: list[Wanted]) -> list[list[Wanted]]:
    """Rooms by stream: those of one have one epoch and one limit."""

    def terms(room: Wanted) -> tuple[str, int]:
        return (room.cursor.epoch if room.cursor else "", -1 if room.most is None else room.most)

    grouped = (list(some) for _, some in groupby(sorted(rooms, key=terms), key=terms))
    return [list(some) for group in grouped for some in slices(group, MOST_ROOMS)]


def _query(rooms: list[Wanted]) -> dict[str, str]:
    """Of rooms that share their terms."""
    named = (each.room if each.cursor is None else f"{each.room}:{each.cursor.seq}" for each in rooms)
    query = {"rooms": ",".join(named), "most": "null" if rooms[0].most is None else str(rooms[0].most)}
    if rooms[0].cursor is not None and rooms[0].cursor.epoch:
        query["epoch"] = rooms[0].cursor.epoch
    return query


async def server_events(chunks: AsyncIterator[bytes]) -> AsyncIterator[ServerEvent]:
    """The events of a stream, also nameless ones, such as its first word and its comments.

    Split by bytes: what a text calls the end of a line may stand within the JSON.
    """
    waiting = b""
    async for chunk in chunks:
        waiting += chunk
        *blocks, waiting = waiting.split(b"\n\n")
        for block in blocks:
            yield _parsed(block)
        if len(waiting) > LARGEST_EVENT:
            raise Ended(reason="An event was too large.")


def _parsed(block: bytes) -> ServerEvent:
    fields = dict(line.partition(b":")[::2] for line in block.split(b"\n"))
    name, data, mark = (fields.get(key, b"").removeprefix(b" ") for key in (b"event", b"data", b"id"))
    return ServerEvent(name.decode(), data, mark.decode())

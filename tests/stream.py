"""A client of server-sent events for the tests, which reads all the time and checks every id."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from tests.listener import Frame, Listener, Log
from tests.patience import PATIENCE

ROOT = "events/stream"
MOVING = ("events", "live", "limited", "reset")


class Ended(Exception):
    """The server has ended the stream."""


class Stream(Listener):
    """One stream. `id` is the newest one, with which it is resumed."""

    def __init__(self, response: httpx.Response, cursors: dict[str, int]) -> None:
        super().__init__()
        self.logs = {room: Log(room, cursor) for room, cursor in cursors.items()}
        self.id = ""
        self.comments = 0
        self.retry: int | None = None
        self.commands: list[str] = []
        self._response = response
        self._reader = asyncio.create_task(self._read())

    @property
    def epoch(self) -> str:
        return self.id.partition(";")[0]

    async def ended(self, *, seconds: float = PATIENCE) -> int:
        """Waits for the server to end it; the code that `disconnect` said as its last word."""
        try:
            await self.until(lambda: False, seconds=seconds)
        except Ended:
            assert self.heard[-1]["command"] == "disconnect", f"ended behind {self.heard[-1:]}"
            return int(self.heard[-1]["code"])
        raise AssertionError

    async def close(self) -> None:
        """Leaves. Raises what broke the protocol meanwhile."""
        self._reader.cancel()
        await asyncio.wait([self._reader])
        if self._broken is not None and not isinstance(self._broken, Ended | asyncio.CancelledError):
            raise self._broken

    async def _read(self) -> None:
        event: dict[str, str] = {}
        try:
            async for line in self._response.aiter_lines():
                name, _, value = line.partition(":")
                if line == "":
                    self._dispatch(event)
                    event = {}
                elif name == "":
                    self.comments += 1
                else:
                    event[name] = value.removeprefix(" ")
                self._news.set()
        except BaseException as error:
            self._break(error)
        else:
            self._break(Ended())

    def _dispatch(self, event: dict[str, str]) -> None:
        if "retry" in event:
            self.retry = int(event["retry"])
        if "data" in event:
            frame = msgspec.json.decode(event["data"])
            assert frame.get("command", "error") == event["event"]
            self.commands.append(event["event"])
            self._take_in(frame | {"command": event["event"]})
            assert ("id" in event) == (event["event"] in MOVING), event
            if "id" in event:
                self._check_id(event["id"], frame)

    def _take_in(self, frame: Frame) -> None:
        if frame["command"] == "events":
            # Of a room without a cursor the first word may be an event already.
            self.logs.setdefault(frame["room"], Log(frame["room"], frame["after"]))
        if frame["command"] == "live":
            log = self.logs.setdefault(frame["room"], Log(frame["room"], frame["head"]))
            assert frame["head"] == log.cursor, f"live at {frame['head']} with the cursor at {log.cursor}"
        super()._take_in(frame)

    def _check_id(self, new: str, frame: Frame) -> None:
        """The id is the cursor of every room that is known."""
        self.id = new
        assert cursors_of(new)[frame["room"]] == self.logs[frame["room"]].cursor


def cursors_of(event_id: str) -> dict[str, int]:
    """The cursors in an id, by room."""
    parts = (part.split(":") for part in event_id.partition(";")[2].split(",") if part)
    return {room: int(seq) for room, seq in parts}


@asynccontextmanager
async def stream(
    rest: httpx.AsyncClient, rooms: dict[str, int | None], *, epoch: str = "", last: str = "", **query: Any
) -> AsyncIterator[Stream]:
    """A stream of rooms, each behind a cursor or from its head; `last` is the Last-Event-ID."""
    wanted = ",".join(room if seq is None else f"{room}:{seq}" for room, seq in rooms.items())
    params = {"rooms": wanted} | ({"epoch": epoch} if epoch else {}) | query
    headers = {"last-event-id": last} if last else {}
    cursors = {room: seq for room, seq in rooms.items() if seq is not None} | cursors_of(last)
    async with rest.stream("GET", ROOT, params=params, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        found = Stream(response, cursors)
        try:
            yield found
        finally:
            await found.close()

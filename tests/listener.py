"""Whoever follows rooms in the tests, by whatever transport. It is strict: events of a room must be contiguous, and
whatever breaks the protocol fails whoever waits."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from tests.patience import PATIENCE

T = TypeVar("T")
Frame = dict[str, Any]


class Log:
    """What a client was told of a room, from its cursor on."""

    def __init__(self, room: str, cursor: int) -> None:
        self.room = room
        self.cursor = cursor
        self.events: list[Frame] = []
        self.pages: list[tuple[int, bool]] = []
        """Of each frame the number of events, and whether more of a catch-up was to follow."""

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    @property
    def bodies(self) -> list[str]:
        return [event["message"]["body"] for event in self.events if event["kind"] == "message.created"]

    def take(self, after: int, events: list[Frame], *, more: bool = False) -> None:
        """Adds events that follow the cursor without a hole."""
        assert after == self.cursor, f"{self.room}: events after {after} came to a cursor at {self.cursor}"
        seqs = [event["seq"] for event in events]
        assert seqs, f"{self.room}: a frame without events"
        assert seqs == list(range(after + 1, after + 1 + len(events))), f"{self.room}: after {after} came {seqs}"
        self.events += events
        self.cursor = seqs[-1]
        self.pages.append((len(seqs), more))


class Listener:
    """What was heard, and the waiting for more of it."""

    def __init__(self) -> None:
        self.logs: dict[str, Log] = {}
        self.heard: list[Frame] = []
        """Frames other than events and replies to `call`, as far as nobody took them by `expect`."""
        self._news = asyncio.Event()
        self._broken: BaseException | None = None

    async def until(self, found: Callable[[], T], *, seconds: float = PATIENCE) -> T:
        """Waits until `found` answers something true; that."""
        async with asyncio.timeout(seconds):
            while not (answer := found()):
                if self._broken is not None:
                    raise self._broken
                self._news.clear()
                await self._news.wait()
        return answer

    async def expect(self, command: str, *, seconds: float = PATIENCE, **fields: Any) -> Frame:
        """The next frame of this command with these fields, whatever else comes before or behind it."""
        return await self.until(lambda: self._take(command, **fields), seconds=seconds)

    async def reach(self, room: str, seq: int, *, seconds: float = PATIENCE) -> Log:
        """The room's log once it has come to `seq`."""
        await self.until(lambda: self.logs[room].cursor >= seq, seconds=seconds)
        return self.logs[room]

    def _take_in(self, frame: Frame) -> None:
        if frame["command"] == "events":
            self.logs[frame["room"]].take(frame["after"], frame["events"], more=frame.get("more", False))
            return
        if frame["command"] in ("limited", "reset"):
            self.logs[frame["room"]].cursor = frame["head"]
        self.heard.append(frame)

    def _break(self, error: BaseException) -> None:
        """Nothing more will be heard."""
        self._broken = error
        self._news.set()

    def _seen(self, command: str, room: str) -> Frame | None:
        return next((each for each in self.heard if each["command"] == command and each["room"] == room), None)

    def _take(self, command: str, room: str | None = None, **fields: Any) -> Frame | None:
        fields |= {"command": command} | ({"room": room} if room else {})
        for place, frame in enumerate(self.heard):
            if fields.items() <= frame.items():
                return self.heard.pop(place)
        return None

"""Long polling: one waiting request for each room. It passes wherever pages pass."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from parley_client.api import Api, decoded
from parley_client.credentials import Credentials
from parley_client.errors import Refused
from parley_client.frames import Events, Frame, Live, decode
from parley_client.links.base import Wanted
from parley_client.links.http import HttpLink, judge
from parley_client.shapes import Cursor

WAIT_SECONDS = 25
SPARE_SECONDS = 10.0


class _Answer(msgspec.Struct):
    """Events behind the cursor; or, with a `command`, the frame that says why there are none."""

    command: str = ""
    events: list[msgspec.Raw] = []
    cursor: int = 0
    epoch: str = ""
    more: bool = False


class PollLink(HttpLink):
    """A task for each room."""

    def __init__(self, api: Api, credentials: Credentials, hear: Callable[[Frame], None]) -> None:
        super().__init__(api, credentials, hear)
        self._polls: dict[str, asyncio.Task[Any]] = {}

    def follow(self, rooms: Sequence[Wanted]) -> None:
        for each in rooms:
            self.leave(each.room)
            self._polls[each.room] = self.spawn(self._poll(each))

    def leave(self, room: str) -> None:
        if poll := self._polls.pop(room, None):
            poll.cancel()

    async def _poll(self, room: Wanted) -> None:
        try:
            if room.cursor is None:
                await self._begin(room)
            live = False
            while True:
                await room.drained()
                live = await self._ask(room, room.cursor or Cursor(0), live=live)
        except Refused as refused:
            self.refuse([room], refused)

    async def _begin(self, room: Wanted) -> None:
        """Finds the head from which to follow."""
        page = await self.api.page(room.room, limit=1)
        self.hear(Live(room.room, page.head, page.epoch))

    async def _ask(self, room: Wanted, cursor: Cursor, *, live: bool) -> bool:
        """Asks once, and waits for news when there is nothing to catch up with; whether that is so."""
        response = await self._request(room, cursor, WAIT_SECONDS if live else 0)
        answer: _Answer = decoded(response, _Answer)
        if answer.command:
            if frame := decode(response.content):
                self.hear(frame)
            return True
        if answer.events:
            self.hear(Events(room.room, cursor.seq, answer.events, answer.epoch))
        if not answer.more and not live:
            self.hear(Live(room.room, answer.cursor, answer.epoch))
        return not answer.more

    async def _request(self, room: Wanted, cursor: Cursor, wait: int) -> httpx.Response:
        """Raises Refused, Ended, Blocked."""
        query = {"after": cursor.seq, "wait": wait, "most": "null" if room.most is None else room.most}
        response = await self.api.http.get(
            f"rooms/{quote(room.room)}/events",
            params=query | ({"epoch": cursor.epoch} if cursor.epoch else {}),
            headers=await self.credentials.headers(),
            timeout=wait + SPARE_SECONDS,
        )
        if not response.is_success:
            raise judge(response)
        return response

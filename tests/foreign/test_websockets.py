"""The command line client of the package `websockets`, which knows nothing but an address, and sends what is typed."""

import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.foreign.conftest import Stranger
from tests.terminal import Terminal, running

Frame = dict[str, Any]
HEARD = re.compile(r"< (\{.*\})\s*$")


class Typist:
    """Somebody at the client, who signs in by a frame because it can send no header."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def heard(self, lines: list[str], command: str) -> list[Frame]:
        frames = [json.loads(found[1]) for line in lines if (found := HEARD.search(line))]
        return [frame for frame in frames if frame["command"] == command]

    async def first(self, command: str, **fields: Any) -> Frame:
        """The first frame of this command with these fields, awaited."""

        def found(lines: list[str]) -> Frame | None:
            return next((each for each in self.heard(lines, command) if fields.items() <= each.items()), None)

        return await self._terminal.until(found)  # type: ignore[return-value] # never None: it waits for one

    async def call(self, command: str, number: int, **fields: Any) -> Any:
        """Types a frame; the result of its reply."""
        self._terminal.type(json.dumps({"command": command, "id": number, **fields}))
        return (await self.first("reply", id=number))["result"]

    async def bodies(self, last: str) -> list[str]:
        """What was said in the room, once `last` was."""

        def said(lines: list[str]) -> list[str]:
            events = [event for frame in self.heard(lines, "events") for event in frame["events"]]
            return [event["message"]["body"] for event in events if event["kind"] == "message.created"]

        await self._terminal.until(lambda lines: last in said(lines))
        return said(self._terminal.lines)


@asynccontextmanager
async def typing(stranger: Stranger) -> AsyncIterator[Typist]:
    address = f"{stranger.chat.server.ws_url}/ws/"
    async with running(sys.executable, "-m", "websockets", address, NO_PROXY="*") as terminal:
        typist = Typist(terminal)
        assert (await typist.first("hello"))["person"] is None
        assert (await typist.call("authenticate", 1, token=stranger.token))["person"]["username"] == "ben"
        yield typist
        terminal.hang_up()
        assert "Connection closed: 1000 (OK)" in (await terminal.end())[-1]


async def test_the_command_line_of_websockets_comes_back_and_has_missed_nothing(stranger: Stranger):
    room = stranger.room
    async with typing(stranger) as ben:
        await ben.call("subscribe", 2, room=room)
        live = await ben.first("live", room=room)
        message = {"client_id": "typed", "body": "typed"}
        sent = (await ben.call("send-message", 3, room=room, message=message))["message"]
        assert await ben.bodies("typed") == ["typed"]
    async with await stranger.chat.connect("anna") as anna:
        for body in ("meanwhile", "and more"):
            await anna.say(room, body)
    async with typing(stranger) as ben:
        await ben.call("subscribe", 2, room=room, after=sent["seq"], epoch=live["epoch"])
        assert await ben.bodies("and more") == ["meanwhile", "and more"]
        [refused] = (await ben.call("subscribe", 3, room="no-such-room"))["rooms"]
        assert refused["error"]["code"] == "not_found"

"""A polling client for the tests: every request is a connection of its own, so that any worker may get it."""

from typing import Any

import httpx

from tests.listener import Frame, Log


class Poller:
    """Follows one room by polls and long polls."""

    def __init__(self, rest: httpx.AsyncClient, room: str, cursor: int, epoch: str) -> None:
        self.log = Log(room, cursor)
        self.epoch = epoch
        self._rest = rest

    async def ask(self, **query: Any) -> Frame:
        """One request with the cursor; the answer, which moves nothing."""
        params = {"after": self.log.cursor, "epoch": self.epoch, **query}
        answer: Frame = (await self._rest.get(f"rooms/{self.log.room}/events", params=params)).raise_for_status().json()
        return answer

    async def poll(self, **query: Any) -> list[Frame]:
        """One request; the events behind the cursor, which goes forward."""
        answer = await self.ask(**query)
        assert "command" not in answer, answer
        if answer["events"]:
            self.log.take(self.log.cursor, answer["events"], more=answer["more"])
        assert (answer["cursor"], answer["epoch"]) == (self.log.cursor, self.epoch)
        return list(answer["events"])

    async def reach(self, seq: int, *, wait: int = 25) -> Log:
        """Asks until the log has come to `seq`."""
        while self.log.cursor < seq:
            await self.poll(wait=wait, most="null")
        return self.log

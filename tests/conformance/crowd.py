"""People who do all kinds of things in a room at once, as random as the seed."""

import asyncio
import random
from typing import Any

import httpx

from tests.client import Client, Refused
from tests.inhabited import Chat

EXPECTED = {"conflict", "forbidden", "not_found"}
"""What may be answered when somebody else was faster."""
EMOJI = ("👍", "🎉", "❤️", "👀")
WEIGHTS = {"say": 8, "edit": 4, "react": 4, "unreact": 2, "delete": 2, "pin": 1, "rename": 1, "member": 2}


class Actor:
    """One person who acts by socket or by REST, whichever comes."""

    def __init__(self, chat: Chat, room: str, socket: Client, rest: httpx.AsyncClient, seed: str) -> None:
        self._chat, self._room, self._socket, self._rest = chat, room, socket, rest
        self._random = random.Random(seed)
        self._own: list[int] = []

    async def act(self, count: int) -> None:
        """Does so many things, one after the other."""
        for number in range(count):
            [what] = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            try:
                await getattr(self, f"_{what}")(f"{what} {number}")
            except Refused as refused:
                assert refused.code in EXPECTED, refused
            except httpx.HTTPStatusError as refused:
                assert refused.response.json()["error"]["code"] in EXPECTED, refused.response.text

    async def _say(self, text: str) -> None:
        reply_to = self._any() if self._random.random() < 0.2 else None
        if self._random.random() < 0.5:
            message = await self._socket.say(self._room, text, reply_to=reply_to)
        else:
            body = {"client_id": str(self._random.random()), "body": text, "reply_to": reply_to}
            message = await self._request("POST", "messages", body)
        self._own.append(message["seq"])

    async def _edit(self, text: str) -> None:
        await self._change("edit-message", "PATCH", "", {"body": text})

    async def _delete(self, text: str) -> None:
        await self._change("delete-message", "DELETE", "", {"reason": text})

    async def _react(self, _: str) -> None:
        emoji = self._random.choice(EMOJI)
        await self._change("add-reaction", "PUT", f"/reactions/{emoji}", {"emoji": emoji})

    async def _unreact(self, _: str) -> None:
        emoji = self._random.choice(EMOJI)
        await self._change("remove-reaction", "DELETE", f"/reactions/{emoji}", {"emoji": emoji})

    async def _pin(self, _: str) -> None:
        command, method = self._random.choice([("pin-message", "PUT"), ("unpin-message", "DELETE")])
        await self._change(command, method, "/pin", {})

    async def _rename(self, text: str) -> None:
        await self._request("PATCH", "", {"title": text})

    async def _member(self, _: str) -> None:
        name = self._random.choice(["faye", "gwen", "hugo"])
        method, path, body = self._random.choice(
            [
                ("POST", "members", {"username": name}),
                ("PATCH", f"members/{name}", {"role": self._random.choice(["guest", "moderator"])}),
                ("DELETE", f"members/{name}", None),
            ]
        )
        await self._request(method, path, body)

    async def _change(self, command: str, method: str, path: str, fields: dict[str, Any]) -> None:
        seq = self._any()
        if seq is None:
            return
        if self._random.random() < 0.5:
            await self._socket.call(command, room=self._room, seq=seq, **fields)
        else:
            await self._request(method, f"messages/{seq}{path}", fields)

    def _any(self) -> int | None:
        """A message, sometimes another's."""
        seen = [event["seq"] for event in self._socket.logs[self._room].events if event["kind"] == "message.created"]
        known = self._own if self._random.random() < 0.7 else seen
        return self._random.choice(known) if known else None

    async def _request(self, method: str, path: str, body: Any) -> Any:
        answer = await self._rest.request(method, f"rooms/{self._room}/{path}".rstrip("/"), json=body)
        return answer.raise_for_status().json() if answer.content else None


async def act_at_once(chat: Chat, room: str, sockets: list[Client], count: int, seed: str) -> None:
    """Everybody does `count` things while all others do, too; the sockets follow the room."""
    async with asyncio.TaskGroup() as group:
        for number, socket in enumerate(sockets):
            group.create_task(_act(chat, room, socket, count, f"{seed}-{number}"))


async def _act(chat: Chat, room: str, socket: Client, count: int, seed: str) -> None:
    async with chat.rest(socket.hello["person"]["username"]) as rest:
        await Actor(chat, room, socket, rest, seed).act(count)

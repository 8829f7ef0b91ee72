"""A room lets go of its past while people are in it: they begin anew by themselves."""

import asyncio

from parley_client import START, Snapshot
from tests.parley_client.people import Listener, seat


async def test_who_follows_the_room_begins_anew_and_hears_what_comes(chat):
    room = await chat.room("anna", "ben")
    async with seat(chat, "ben") as ben, seat(chat, "anna") as anna:
        heard = Listener(ben.client, room, after=START)
        await anna.client.send(room, "of the past")
        await heard.until(lambda: heard.bodies == ["of the past"])
        counted = await asyncio.to_thread(chat.server.manage, "trim_room", room, "--days", "0", "--dry-run")
        trimmed = await asyncio.to_thread(chat.server.manage, "trim_room", room, "--days", "0")
        assert "1 messages would go" in counted
        assert "1 messages are gone" in trimmed
        await heard.until(lambda: isinstance(heard.items[-1], Snapshot))
        assert (heard.items[-1].reason, heard.items[-1].messages) == ("trimmed", [])
        await anna.client.send(room, "and on")
        await heard.until(lambda: heard.bodies[-1] == "and on")
    assert [message["body"] for message in await chat.history(room)] == ["and on"]

"""A chat is backed up while it runs and restored elsewhere; whoever is connected goes on there."""

import asyncio

from parley_client import START, Snapshot
from tests.inhabited import Chat
from tests.parley_client.people import Listener, seat
from tests.servers.chat import ChatServer


async def test_a_restored_chat_resets_its_clients_who_lose_and_double_nothing(
    start_chat, postgres_server, tmp_path, request
):
    """From SQLite to PostgreSQL at the same address; what was said behind the backup is gone with the first machine."""
    chat = start_chat()
    room = await chat.room("anna", "ben")
    async with seat(chat, "ben") as ben, seat(chat, "anna") as anna:
        heard = Listener(ben.client, room, after=START)
        for number in range(3):
            await anna.client.send(room, f"kept {number}")
        path = tmp_path / "backup.zip"
        saved = await asyncio.to_thread(chat.server.manage, "backup", str(path))
        await anna.client.send(room, "lost")
        await heard.until(lambda: heard.bodies[-1:] == ["lost"])
        await asyncio.to_thread(chat.server.stop)
        name = f"parley_restored_{room.replace('-', '_')}"
        other = ChatServer(tmp_path / "other", database_url=postgres_server.create(name))
        other.port = chat.server.port
        request.addfinalizer(lambda: postgres_server.drop(name))
        request.addfinalizer(other.stop)
        assert await asyncio.to_thread(other.manage, "restore", str(path)) == saved
        await asyncio.to_thread(other.start)
        await anna.client.send(room, "and on")
        await heard.until(lambda: _held(heard.items)[-1:] == ["and on"])
        assert [item.reason for item in heard.items if isinstance(item, Snapshot)] == ["epoch"]
        held = _held(heard.items)
        assert held == ["kept 0", "kept 1", "kept 2", "and on"]
        restored = Chat(other, chat.tokens)
        assert [message["body"] for message in await restored.history(room)] == held


def _held(items):
    """What somebody has on their page who was told all this: a snapshot replaces what was there."""
    bodies = []
    for item in items:
        if isinstance(item, Snapshot):
            bodies = [message.body for message in reversed(item.messages)]
        elif item.kind == "message.created":
            bodies.append(item.message.body)
    return bodies

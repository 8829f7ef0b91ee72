"""A text that a moderator removed is found nowhere once its time to be brought back is over."""

import asyncio
import secrets

import psycopg
from psycopg import sql
from redis import Redis

from tests.inhabited import Chat

OVER = """
from django.utils import timezone
from chat.models import Quarantine
Quarantine.objects.filter(message__room__slug="{room}").update(ends_at=timezone.now())
"""
TRIES = 20
"""Emptying SQLite's log gives way to whoever reads just then."""


def everything(chat: Chat) -> bytes:
    """All that the chat keeps: its folder and its log, the rows of its database, what Redis has."""
    servers = chat.server.servers
    kept = [path.read_bytes() for each in servers for path in each.data.rglob("*") if path.is_file()]
    kept += [each.log.read_bytes() for each in servers]
    if url := chat.server.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for [table] in tables:
                rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
                kept += [row.encode() for [row] in rows]
    if url := chat.server.variables.get("REDIS_URL"):
        with Redis.from_url(url) as redis:
            kept += [part for key in redis.scan_iter() for part in (key, redis.dump(key) or b"")]
    return b"\n".join(kept)


async def say_and_remove(chat: Chat, canary: str) -> str:
    """Ben says it and says it anew, anna removes it while both look on; the room. No answer has it any more."""
    room = await chat.room("anna", "ben")
    anna, ben = await chat.connect("anna"), await chat.connect("ben")
    follows = await anna.subscribe(room)
    start = follows.cursor
    said = await ben.say(room, f"{canary} **@anna**")
    await ben.call("edit-message", room=room, seq=said["seq"], body=f"{canary} *once more*")
    await anna.reach(room, start + 2)
    async with chat.rest("anna") as rest:
        await rest.request("DELETE", f"rooms/{room}/messages/{said['seq']}", json={"reason": "spam"})
        await anna.reach(room, start + 3)
        again = await ben.subscribe(room, after=start, most=None)
        await ben.reach(room, start + 3)
        assert canary not in str(again.events)
        page = (await rest.get(f"rooms/{room}/messages")).json()
        events = (await rest.get(f"rooms/{room}/events?after={start}&epoch={page['epoch']}")).json()
        assert canary not in f"{page} {events} {(await rest.get('rooms')).text}"
    await anna.close()
    await ben.close()
    return room


def assert_gone(chat: Chat, room: str, canary: str) -> None:
    """Once what is over was erased, no file has it, nor an export."""
    for _ in range(TRIES):
        chat.server.manage("erase_ended")
        if canary.encode() not in everything(chat):
            break
    else:
        raise AssertionError("it is still there")
    chat.server.manage("export_room", room, str(chat.server.servers[0].data / f"export-{room}"))
    assert canary.encode() not in everything(chat)


async def test_it_is_in_no_file_no_row_no_line_and_no_answer(any_chat: Chat):
    canary = f"canary-{secrets.token_hex(8)}"
    room = await say_and_remove(any_chat, canary)
    assert canary.encode() in everything(any_chat), "the row apart, from which it could be brought back"
    any_chat.server.manage("shell", "--no-imports", "--command", OVER.format(room=room))
    assert_gone(any_chat, room, canary)


async def test_where_nothing_is_brought_back_it_is_gone_at_once(start_chat):
    chat = await asyncio.to_thread(start_chat, PARLEY_UNDO_HOURS="0")
    canary = f"canary-{secrets.token_hex(8)}"
    assert_gone(chat, await say_and_remove(chat, canary), canary)

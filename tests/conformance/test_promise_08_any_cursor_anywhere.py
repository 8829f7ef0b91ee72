"""Promise 8: a cursor got on any transport resumes on any other and on any worker, without gap or repeat."""

import asyncio
import random
from dataclasses import dataclass

import pytest

from tests.conformance.crowd import act_at_once
from tests.conformance.load import writing
from tests.conformance.mirror import Mirror, snapshot
from tests.conformance.sizes import report, size
from tests.listener import Frame

WRITERS = ("anna", "ben")
PEOPLE = (*WRITERS, "cleo", "dora")
ACTS = size(40, 500)


@dataclass
class Cursor:
    """Somebody's whole state in a room, and how they came to it."""

    seq: int
    epoch: str
    events: list[Frame]

    def go(self, seq, events):
        assert [event["seq"] for event in events] == list(range(self.seq + 1, seq + 1))
        self.seq = seq
        self.events += events


async def by_poll(chat, room, cursor):
    async with chat.poller("cleo", room, cursor.seq, cursor.epoch) as poller:
        await poller.poll(most="null")
        return poller.log


async def by_long_poll(chat, room, cursor):
    async with chat.poller("cleo", room, cursor.seq, cursor.epoch) as poller:
        return await poller.reach(cursor.seq + 1)


async def by_stream(chat, room, cursor):
    async with chat.stream("cleo", {room: cursor.seq}, epoch=cursor.epoch, most="null") as stream:
        return await stream.reach(room, cursor.seq + 1)


async def by_last_event_id(chat, room, cursor):
    """As a browser comes back: the address is the old one."""
    last = f"{cursor.epoch};{room}:{cursor.seq}"
    async with chat.stream("cleo", {room: 0}, epoch=cursor.epoch, last=last, most="null") as stream:
        return await stream.reach(room, cursor.seq + 1)


async def by_socket(chat, room, cursor):
    async with await chat.connect("cleo") as client:
        await client.subscribe(room, after=cursor.seq, epoch=cursor.epoch, most=None)
        return await client.reach(room, cursor.seq + 1)


WAYS = (by_poll, by_long_poll, by_stream, by_last_event_id, by_socket)


async def test_a_cursor_wanders_over_all_transports_and_workers_under_concurrent_writes(any_chat):
    room = await any_chat.room("anna", *WRITERS[1:])
    chance = random.Random(8)
    ways = [way for _ in range(size(3, 40)) for way in chance.sample(WAYS, len(WAYS))]
    with report("a wandering cursor") as measured:
        async with await any_chat.connect("cleo") as client, writing(any_chat, room, *WRITERS) as load:
            log = await client.subscribe(room, after=0, epoch=client.epoch, most=None)
            cursor = Cursor(log.cursor, client.epoch, list(log.events))
            for way in ways:
                log = await way(any_chat, room, cursor)
                cursor.go(log.cursor, log.events)
        head = max(load.said)
        log = await by_socket(any_chat, room, cursor) if cursor.seq < head else None
    if log is not None:
        cursor.go(log.cursor, log.events)
    measured(f"{len(ways)} moves, {len(cursor.events)} events")
    assert [event["seq"] for event in cursor.events] == list(range(1, cursor.seq + 1))
    heard = {e["seq"]: e["message"]["body"] for e in cursor.events if e["kind"] == "message.created"}
    assert heard == load.said
    assert [(m["seq"], m["body"]) for m in await any_chat.history(room)] == sorted(heard.items())


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_history_and_the_events_behind_its_head_are_complete_under_concurrent_writes(chat_of_four, way):
    room = await chat_of_four.room("anna", *WRITERS[1:])
    async with writing(chat_of_four, room, *WRITERS) as load:
        await load.reaches(size(20, 200))
        async with chat_of_four.rest("cleo") as rest:
            first = page = (await rest.get(f"rooms/{room}/messages?limit=100")).raise_for_status().json()
            seen = {message["seq"]: message["body"] for message in page["results"]}
            while link := page["next"]:
                page = (await rest.get(link)).raise_for_status().json()
                seen |= {message["seq"]: message["body"] for message in page["results"]}
        await load.reaches(len(load.said) + 10)
    cursor = Cursor(first["head"], first["epoch"], [])
    while cursor.seq < max(load.said):
        log = await way(chat_of_four, room, cursor)
        cursor.go(log.cursor, log.events)
    seen |= {event["seq"]: event["message"]["body"] for event in cursor.events}
    assert seen == load.said


async def test_history_read_amid_all_kinds_of_changes_is_complete_with_the_events_behind_its_head(any_chat):
    room = await any_chat.room(*PEOPLE)
    sockets = await any_chat.spread(PEOPLE)
    for socket in sockets:
        await socket.subscribe(room, after=0)
    acting = asyncio.create_task(act_at_once(any_chat, room, sockets, ACTS, "history"))
    beginnings = [await _read_history(any_chat, room) for _ in range(size(6, 20))]
    await acting
    shown = await snapshot(any_chat, room)
    for number, (mirror, epoch) in enumerate(beginnings):
        behind = await _events_behind(any_chat, room, mirror.cursor, epoch, shown["room"]["head"], polling=number % 2)
        mirror.take(behind)
        assert mirror.messages == shown["messages"]
    assert len({mirror.cursor for mirror, _ in beginnings}) == 1
    for socket in sockets:
        await socket.close()


async def _read_history(chat, room):
    """A room by its pages, from the newest to the oldest, and the cursor of the first of them; with its epoch."""
    mirror = Mirror()
    mirror.members = dict.fromkeys(chat.tokens, "")  # Pages of messages do not tell who is in the room.
    async with chat.rest("dora") as rest:
        first = page = (await rest.get(f"rooms/{room}/messages?limit=7")).raise_for_status().json()
        while True:
            for message in page["results"]:
                mirror.keep(message)
            if not page["next"]:
                break
            page = (await rest.get(page["next"])).raise_for_status().json()
    mirror.cursor = first["head"]
    return mirror, first["epoch"]


async def _events_behind(chat, room, cursor, epoch, head, *, polling):
    if polling:
        async with chat.poller("dora", room, cursor, epoch) as poller:
            return (await poller.reach(head)).events
    async with await chat.connect("dora") as socket:
        return (await socket.subscribe(room, after=cursor, epoch=epoch, most=None)).events

"""Promises 7 and 8: the log from 0, or a page of history and the log behind its head, gives what is there."""

import asyncio

from tests.promises.crowd import act_at_once
from tests.promises.mirror import Mirror, snapshot
from tests.promises.sizes import report, size

PEOPLE = ("anna", "ben", "cleo", "dora")
ACTS = size(40, 500)


async def test_replay_from_0_equals_the_snapshot_and_what_was_seen_live(any_chat):
    room = await any_chat.room(*PEOPLE)
    sockets = await any_chat.spread(PEOPLE)
    live = [await socket.subscribe(room, after=0) for socket in sockets]
    with report("a random history") as measured:
        await act_at_once(any_chat, room, sockets, ACTS, "replay")
    async with any_chat.rest("anna") as rest:
        (await rest.patch(f"rooms/{room}", json={"title": "The end"})).raise_for_status()
    shown = await snapshot(any_chat, room)
    head = shown["room"]["head"]
    async with await any_chat.connect("emil") as reader:
        replayed = await reader.subscribe(room, after=0, most=None)
    async with any_chat.poller("emil", room, 0, reader.epoch) as poller:
        polled = await poller.reach(head)
    for log in (replayed, polled, *[await socket.reach(room, head) for socket in sockets]):
        mirror = Mirror()
        mirror.take(log.events)
        assert mirror.messages == shown["messages"]
        assert mirror.members == shown["members"]
        assert mirror.room.items() <= shown["room"].items()
    measured(f"{head} events of {len({event['kind'] for event in polled.events})} kinds")
    for log, socket in zip(live, sockets, strict=True):
        assert log.seqs == list(range(1, head + 1))
        await socket.close()


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

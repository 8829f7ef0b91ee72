"""Promise 7: the log from 0 gives what a fresh snapshot shows, whatever happened in the room."""

from tests.conformance.crowd import act_at_once
from tests.conformance.mirror import Mirror, snapshot
from tests.conformance.sizes import report, size

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

"""Promise 6: a commit that is delayed in one room lets nobody see later events first, and delays no other room."""

import asyncio
import contextlib

import psycopg

from tests.conformance.sizes import report, size

HOLD = size(0.5, 2.0)


async def test_a_delayed_commit_is_overtaken_by_nobody_in_its_room_and_delays_no_other(chat_of_four):
    """The test itself is the slow one: its transaction takes the next number of room A and commits late."""
    slow, other = await chat_of_four.room("anna", "ben"), await chat_of_four.room("anna", "ben")
    clients = await chat_of_four.spread(["anna", "ben"] * 4)
    for client in clients:
        await client.subscribe(slow)
        await client.subscribe(other)
    head = clients[0].logs[slow].cursor
    async with _slow_change(chat_of_four, slow):
        waiting = [await client.begin_to_say(slow, "behind") for client in clients]
        with report("beside a held commit") as measured:
            acks, end = 0, asyncio.get_running_loop().time() + HOLD
            while acks < 8 or asyncio.get_running_loop().time() < end:
                said = await clients[acks % 8].say(other, "beside")
                acks += 1
        measured(f"{acks} acknowledgements")
        for client in clients:
            await client.reach(other, said["seq"])
        async with chat_of_four.rest("ben") as rest:
            page = (await rest.get(f"rooms/{slow}/messages")).json()
            poll = (await rest.get(f"rooms/{slow}/events?after={head}&epoch={clients[0].epoch}")).json()
        assert (page["head"], poll["events"], poll["cursor"]) == (head, [], head)
        assert not any(answer.done() for answer in waiting)
        assert all(client.logs[slow].events == [] for client in clients)
    said = await asyncio.gather(*waiting)
    assert sorted(message["seq"] for message in said) == list(range(head + 2, head + 10))
    for client in clients:
        log = await client.reach(slow, head + 9)
        assert [event["kind"] for event in log.events] == ["room.changed"] + ["message.created"] * 8
        await client.close()


@contextlib.asynccontextmanager
async def _slow_change(chat, room):
    """Changes the room's title in a transaction that commits when the block ends; nobody is told of it."""
    url = chat.server.variables["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url) as connection:
        change = "UPDATE chat_room SET head = head + 1, title = 'Slow' WHERE slug = %s RETURNING id, head"
        (pk, seq) = await (await connection.execute(change, [room])).fetchone()
        await connection.execute(
            "INSERT INTO chat_event (room_id, seq, kind, at, actor_id, emoji, role) "
            "SELECT %s, %s, 'room.changed', now(), id, '', '' FROM auth_user WHERE username = 'anna'",
            [pk, seq],
        )
        yield

"""Promise 5: the events of a room have no hole and no repeat, and one order for every subscriber and in REST."""

import asyncio

from tests.conformance.sizes import report, size

MEMBERS = ("anna", "ben", "cleo", "dora", "emil", "faye", "gwen", "hugo")
IN_FLIGHT = 32


async def test_eight_members_over_four_workers_see_one_contiguous_order(chat_of_four):
    each = size(60, 1000)
    room = await chat_of_four.room("anna", *MEMBERS[1:])
    clients = await chat_of_four.spread(MEMBERS)
    assert len({client.worker for client in clients}) == 4
    logs = [await client.subscribe(room) for client in clients]
    start = logs[0].cursor
    with report("8 members over 4 workers") as measured:
        await asyncio.gather(*(_send(client, room, each) for client in clients))
        await asyncio.gather(*(client.reach(room, start + 8 * each) for client in clients))
    measured(f"{8 * each} messages, {8 * 8 * each} deliveries")

    assert logs[0].seqs == list(range(start + 1, start + 8 * each + 1))
    assert {event["kind"] for event in logs[0].events} == {"message.created"}
    assert all(log.events == logs[0].events for log in logs)
    for client in clients:
        own = [body for body in logs[0].bodies if body.startswith(f"{client.hello['person']['username']} ")]
        assert own == [f"{client.hello['person']['username']} {number}" for number in range(each)]
    assert [message["body"] for message in await chat_of_four.history(room)] == logs[0].bodies
    for client in clients:
        await client.close()


async def _send(client, room, count):
    """Sends with up to IN_FLIGHT unacknowledged, as fast as that goes."""
    name = client.hello["person"]["username"]
    flying = []
    for number in range(count):
        flying.append(await client.begin_to_say(room, f"{name} {number}"))
        if len(flying) == IN_FLIGHT:
            await flying.pop(0)
    await asyncio.gather(*flying)

"""Without PostgreSQL nothing can be sent, which is said at once and as worth repeating; who reads stays connected; and
when it is back, everybody goes on without being told to.
"""

import asyncio
import time

import pytest

from tests.client import Refused
from tests.conformance.house import house, until_said
from tests.conformance.sizes import report, size

__all__ = ["house"]

OUTAGE = size(1.0, 20.0)
PEOPLE = ("anna", "ben", "cleo", "dora")


@pytest.mark.parametrize("how", ["killed", "restarted in order"])
async def test_sends_fail_as_worth_repeating_and_all_goes_on_by_itself_when_it_is_back(house, how):
    room = await house.chat.room(*PEOPLE)
    anna, *others = clients = await house.chat.spread(PEOPLE)
    for client in clients:
        await client.subscribe(room)
    await anna.say(room, "before")
    (house.postgres.kill if how == "killed" else house.postgres.stop)()
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await anna.say(room, "during", "during")
        assert refused.value.code == "unavailable"
    async with house.chat.rest("ben") as rest:
        answer = await rest.post(f"rooms/{room}/messages", json={"client_id": "by REST", "body": "during"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    await asyncio.sleep(OUTAGE - (time.monotonic() - began))
    for client in clients:
        await client.send({"command": "ping"})
        await client.expect("pong")
    house.postgres.start()
    with report("sends are taken again after PostgreSQL is back") as measured:
        refusals = await until_said(anna, room, "during")
    measured(f"{len(refusals)} refusals")
    assert set(refusals) <= {"unavailable"}
    for number, client in enumerate(others):
        await until_said(client, room, f"after {number}")
    said = ["before", "during", "after 0", "after 1", "after 2"]
    for client in clients:
        await client.until(lambda client=client: len(client.logs[room].bodies) == len(said))
        assert client.logs[room].bodies == said
        await client.close()
    assert [message["body"] for message in await house.chat.history(room)] == said


async def test_a_frozen_one_keeps_the_senders_waiting_and_loses_nothing(house):
    room = await house.chat.room("anna", "ben")
    anna, ben = [await house.chat.connect(name) for name in ("anna", "ben")]
    for client in (anna, ben):
        await client.subscribe(room)
    with house.postgres.frozen():
        said = await anna.begin_to_say(room, "patience", "patience")
        await asyncio.sleep(OUTAGE)
        for client in (anna, ben):
            await client.send({"command": "ping"})
            await client.expect("pong")
    await ben.reach(room, (await said)["seq"])
    assert [message["body"] for message in await house.chat.history(room)] == ["patience"]
    for client in (anna, ben):
        await client.close()

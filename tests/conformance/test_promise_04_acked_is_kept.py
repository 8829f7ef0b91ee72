"""Promise 4: what was acknowledged is in the history, also when kill -9 follows right behind."""

import asyncio
import contextlib

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.conformance.sizes import size
from tests.servers.fleet import THROUGH


@pytest.mark.parametrize("start", ["start_chat", "start_fleet"], ids=["one worker on SQLite", "four on PostgreSQL"])
async def test_every_acknowledged_message_survives_kill_9(request, start):
    chat = request.getfixturevalue(start)()
    room = await chat.room("anna", "ben")
    acked = []
    for stretch in range(size(1, 10)):
        clients = [await chat.connect(name) for name in ("anna", "ben")]
        enough = len(acked) + 20 + 7 * stretch
        floods = [_flood(each, room, acked, f"{stretch}{place}") for place, each in enumerate(clients)]
        sending = [asyncio.create_task(each) for each in (*floods, _post_on(chat, room, acked, f"{stretch}p"))]
        await clients[0].until(lambda enough=enough: len(acked) >= enough)
        chat.server.kill()
        for task in sending:
            with contextlib.suppress(ConnectionClosed, httpx.TransportError):
                await task
        await asyncio.to_thread(chat.server.start)
    stored = {message["client_id"]: message["seq"] for message in await chat.history(room)}
    assert len(acked) > 10
    assert {name: stored.get(name) for name, _ in acked} == dict(acked)
    assert len(set(stored.values())) == len(stored)


async def _flood(client, room, acked, name):
    """Sends without waiting and notes every acknowledgement the moment it comes."""
    for number in range(100_000):
        client_id = f"{name}-{number}"
        answer = await client.begin_to_say(room, "kept", client_id)
        answer.add_done_callback(lambda done, client_id=client_id: _note(done, client_id, acked))
        if number % 20 == 19:
            await answer


async def _post_on(chat, room, acked, name):
    """Posts one after the other and notes every answer."""
    async with chat.rest("ben") as rest:
        for number in range(100_000):
            body = {"client_id": f"{name}-{number}", "body": "kept"}
            posted = await rest.post(f"rooms/{room}/messages", json=body)
            if THROUGH and posted.status_code == 502:
                return  # A proxy's word for nobody there.
            acked.append((body["client_id"], posted.raise_for_status().json()["seq"]))


def _note(done, client_id, acked):
    if not done.cancelled() and done.exception() is None:
        acked.append((client_id, done.result()["seq"]))

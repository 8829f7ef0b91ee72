"""Promise 3: one client_id is one message and one seq, whichever way and however often it is sent."""

import asyncio
import sqlite3

import psycopg
import pytest

from tests.client import Refused
from tests.conformance.sizes import report

RACERS = 100


async def test_by_socket_then_post_then_another_worker_it_is_one_message(any_chat):
    room = await any_chat.room("anna", "ben")
    workers = any_chat.server.workers
    sockets = await any_chat.spread(["ben"] * workers)
    assert len({socket.worker for socket in sockets}) == workers
    log = await sockets[0].subscribe(room)
    first = await sockets[0].say(room, "once", "mine")
    async with any_chat.rest("ben") as rest:
        for _ in range(4):
            posted = await _post(rest, room, "once", "mine")
            assert (posted.status_code, posted.json()) == (200, first)
    for socket in sockets:
        assert await socket.say(room, "once", "mine") == first
    await sockets[0].say(room, "next")
    await sockets[0].reach(room, first["seq"] + 1)
    assert log.bodies == ["once", "next"]
    for socket in sockets:
        await socket.close()


async def test_post_answers_201_then_200_then_409_for_another_text(any_chat):
    room = await any_chat.room("anna", "ben")
    async with any_chat.rest("ben") as rest, await any_chat.connect("ben") as ben:
        created, repeated = [await _post(rest, room, "once", "mine") for _ in range(2)]
        assert (created.status_code, repeated.status_code) == (201, 200)
        assert created.json() == repeated.json()
        refused = await _post(rest, room, "another", "mine")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
        reply = await rest.post(
            f"rooms/{room}/messages", json={"client_id": "mine", "body": "once", "reply_to": created.json()["seq"]}
        )
        assert reply.status_code == 409
        with pytest.raises(Refused, match="conflict"):
            await ben.say(room, "another", "mine")
        assert await ben.say(room, "once", "mine") == created.json()
    assert len(await any_chat.history(room)) == 1


async def test_another_person_and_another_room_may_use_the_same_name(any_chat):
    rooms = [await any_chat.room("anna", "ben") for _ in range(2)]
    async with await any_chat.connect("anna") as anna, await any_chat.connect("ben") as ben:
        said = [await each.say(room, "hello", "same") for each in (anna, ben) for room in rooms]
    assert len({(message["room"], message["seq"]) for message in said}) == 4


@pytest.mark.parametrize("bodies", [["once"], ["once", "another"]], ids=["the same text", "two texts"])
async def test_a_hundred_racing_sends_by_every_way_give_one_message(any_chat, bodies):
    room = await any_chat.room("anna", "ben")
    sockets = await any_chat.spread(["ben"] * 8)
    log = await sockets[0].subscribe(room)
    async with any_chat.rest("ben") as rest:
        with report(f"{RACERS} racing sends over {any_chat.server.workers} workers") as measured:
            answers = await asyncio.gather(
                *(
                    _try_post(rest, room, bodies[number % len(bodies)])
                    if number % 4 == 0
                    else _try_say(sockets[number % 8], room, bodies[number // 8 % len(bodies)])
                    for number in range(RACERS)
                )
            )
        measured("one message")
    stored = [answer for answer in answers if answer != "conflict"]
    [message] = await any_chat.history(room)
    assert stored == [message] * len(stored)
    assert ("conflict" in answers) == (len(bodies) > 1)
    await sockets[0].reach(room, message["seq"])
    assert len(log.bodies) == 1
    for socket in sockets:
        await socket.close()


async def test_a_repeat_is_known_after_an_edit_a_deletion_and_a_day(any_chat):
    room = await any_chat.room("anna", "ben")
    async with await any_chat.connect("ben") as ben, any_chat.rest("ben") as rest:
        seq = (await ben.say(room, "once", "mine"))["seq"]
        await ben.call("edit-message", room=room, seq=seq, body="changed")
        repeated = await ben.say(room, "once", "mine")
        assert (repeated["seq"], repeated["body"]) == (seq, "changed")
        with pytest.raises(Refused, match="conflict"):
            await ben.say(room, "changed", "mine")
        await ben.call("delete-message", room=room, seq=seq)
        await asyncio.to_thread(_age, any_chat, seq)
        repeated = await _post(rest, room, "once", "mine")
        assert (repeated.status_code, repeated.json()["seq"], repeated.json()["body"]) == (200, seq, "")
    assert len(await any_chat.history(room)) == 1


async def test_a_repeat_is_known_when_nothing_may_be_sent_any_more(start_chat):
    """Above the send rate, in an archived room: a lost answer repeated is no new message."""
    chat = start_chat(PARLEY_SEND_BURST="1", PARLEY_SEND_PER_SECOND="0.001")
    room = await chat.room("anna", "ben")
    async with await chat.connect("ben") as ben, chat.rest("anna") as anna:
        first = await ben.say(room, "once", "mine")
        with pytest.raises(Refused, match="rate_limited") as refused:
            await ben.say(room, "twice")
        assert refused.value.error["retry_after_ms"] > 0
        assert await ben.say(room, "once", "mine") == first
        (await anna.put(f"rooms/{room}/archive")).raise_for_status()
        with pytest.raises(Refused, match="locked"):
            await ben.say(room, "twice")
        assert await ben.say(room, "once", "mine") == first


async def _post(rest, room, body, client_id):
    return await rest.post(f"rooms/{room}/messages", json={"client_id": client_id, "body": body})


async def _try_post(rest, room, body):
    answer = await _post(rest, room, body, "raced")
    return "conflict" if answer.status_code == 409 else answer.raise_for_status().json()


async def _try_say(socket, room, body):
    try:
        return await socket.say(room, body, "raced")
    except Refused as refused:
        return refused.code


def _age(chat, seq):
    """Makes the message older than any cache or window might reach."""
    if url := chat.server.variables.get("DATABASE_URL"):
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE chat_message SET created_at = created_at - interval '2 days'")
    else:
        with sqlite3.connect(chat.server.data / "parley.sqlite3", timeout=20) as connection:
            connection.execute("UPDATE chat_message SET created_at = datetime(created_at, '-2 days')")

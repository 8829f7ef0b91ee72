"""Promise 15: one send limit and one limit of sockets for a person over all workers and transports; a worker that is
asked for too many connections refuses them without a look at the database."""

import asyncio
import time
from contextlib import contextmanager

import msgspec
import psycopg
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import ConnectionClosed

from tests.client import Refused

BURST, PER_SECOND, SOCKETS = 10, 0.2, 20


async def _by_socket(client, room, number):
    try:
        return await client.say(room, f"{number}", f"{number}")
    except Refused as refused:
        return refused.error


async def _by_post(rest, room, number):
    answer = await rest.post(f"rooms/{room}/messages", json={"client_id": f"{number}", "body": f"{number}"})
    if answer.status_code == 201:
        return answer.json()
    assert answer.status_code == 429
    error = answer.json()["error"]
    assert int(answer.headers["retry-after"]) * 1000 >= error["retry_after_ms"]
    return error


async def test_one_send_limit_over_all_workers_and_transports(start_fleet):
    chat = start_fleet(PARLEY_SEND_BURST=f"{BURST}", PARLEY_SEND_PER_SECOND=f"{PER_SECOND}")
    room = await chat.room("anna", "ben", "cleo")
    clients = await chat.spread(["ben"] * 4)
    assert len({client.worker for client in clients}) == 4
    async with chat.rest("ben") as rest:
        start = time.monotonic()
        sends = [_by_socket(clients[n % 4], room, n) if n % 2 else _by_post(rest, room, n) for n in range(40)]
        answers = await asyncio.gather(*sends)
        passed = time.monotonic() - start
        stored = {n: answer for n, answer in enumerate(answers) if "seq" in answer}
        refused = [answer for answer in answers if "seq" not in answer]
        assert BURST <= len(stored) <= BURST + 1 + passed * PER_SECOND
        assert {error["code"] for error in refused} == {"rate_limited"}
        assert all(0 < error["retry_after_ms"] <= 1000 / PER_SECOND * len(answers) for error in refused)
        for number, message in stored.items():
            assert await _by_socket(clients[0], room, number) == message, "a repeat is not counted"
        async with await chat.connect("cleo") as cleo:
            await cleo.say(room, "the limit is nobody else's")
        await asyncio.sleep(min(error["retry_after_ms"] for error in refused) / 1000)
        assert "seq" in await _by_post(rest, room, "later"), "what was told to wait may come then"
    for client in clients:
        await client.close()


async def _refused(chat, name):
    """Whether one more socket is closed for being too many."""
    client = await chat.connect(name)
    try:
        await client.call("ping")
    except ConnectionClosed:
        assert await client.closed() == 4105
        return True
    await client.close()
    return False


async def test_one_socket_too_many_is_refused_and_the_others_stay(chat_of_four):
    """The workers tell each other their numbers as they change, so it may take a moment."""
    clients = await chat_of_four.spread(["faye"] * SOCKETS)
    assert len({client.worker for client in clients}) == 4
    async with asyncio.timeout(30):
        while not await _refused(chat_of_four, "faye"):
            pass
    async with chat_of_four.stream("faye", {await chat_of_four.room("faye"): None}) as stream:
        assert await stream.ended() == 4105
    async with await chat_of_four.connect("gwen") as other:
        await other.call("ping")
    for client in clients:
        await client.call("ping")
    await clients.pop().close()
    async with asyncio.timeout(30):
        while await _refused(chat_of_four, "faye"):
            pass
    await asyncio.gather(*(client.close() for client in clients))


async def test_above_the_rate_of_connects_the_answer_is_overload_without_the_database(start_chat, postgres_server):
    chat = start_chat(database="postgres", PARLEY_CONNECTS_BURST="5", PARLEY_CONNECTS_PER_SECOND="0.0001")
    clients = [await chat.connect("ben") for _ in range(5)]
    await _assert_overloaded(chat)
    with _away(postgres_server, chat.server.variables["DATABASE_URL"].rpartition("/")[2]):
        await _assert_overloaded(chat)
    for client in clients:
        await client.call("ping")
        await client.close()


async def _assert_overloaded(chat):
    headers = {"Authorization": f"Bearer {chat.tokens['ben']}"}
    async with connect_socket(f"{chat.server.ws_url}/ws/", additional_headers=headers) as late:
        frame = msgspec.json.decode(await late.recv())
        await late.wait_closed()
        assert (frame["command"], frame["code"], frame["retry"], late.close_code) == ("disconnect", 4100, True, 4100)
        assert frame["retry_after_ms"] > 0
    async with chat.rest("ben") as rest:
        for path in ("events/stream?rooms=general", "rooms/general/events?wait=5"):
            answer = await rest.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "overloaded")
            assert int(answer.headers["retry-after"]) > 0


@contextmanager
def _away(databases, name):
    """Nobody can reach the database of this name."""
    with psycopg.connect(databases.url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

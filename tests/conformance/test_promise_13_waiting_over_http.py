"""Promise 13: long polls answer at a commit or at their time-out, and again what was lost; streams say at once that
they live, and resume; whoever waits holds no thread and no connection to the database."""

import asyncio
import time
from contextlib import AsyncExitStack
from statistics import median

import psutil
import psycopg
import pytest

from tests.conformance.sizes import report, size
from tests.patience import PATIENCE

ROUNDS = size(10, 100)
WAITING = size(40, 200)


async def _say(chat, room, body, name="anna"):
    async with chat.rest(name) as rest:
        answer = await rest.post(f"rooms/{room}/messages", json={"client_id": body, "body": body})
    return answer.raise_for_status().json()["seq"]


async def _begin(chat, room, name="ben"):
    """Where the log stands, as a page of messages tells it."""
    async with chat.rest(name) as rest:
        page = (await rest.get(f"rooms/{room}/messages")).raise_for_status().json()
    return page["head"], page["epoch"]


async def test_a_long_poll_answers_at_the_commit(any_chat):
    room = await any_chat.room("anna", "ben")
    late = []
    async with any_chat.poller("ben", room, *await _begin(any_chat, room)) as poller:
        for number in range(ROUNDS):
            waiting = asyncio.create_task(poller.poll(wait=25))
            seq = await _say(any_chat, room, f"{number}")
            committed = time.monotonic()
            assert [event["seq"] for event in await waiting] == [seq]
            late.append(time.monotonic() - committed)
    print(f"long polls answered {median(late) * 1000:.0f} ms after the commit, at worst {max(late) * 1000:.0f} ms")
    assert median(late) < 10


async def test_a_long_poll_answers_at_its_time_out_with_nothing_and_the_same_cursor(any_chat):
    room = await any_chat.room("anna", "ben")
    head, epoch = await _begin(any_chat, room)
    async with any_chat.poller("ben", room, head, epoch) as poller:
        with report("a long poll of 1 s") as measured:
            answer = await poller.ask(wait=1)
        measured("answered")
    assert answer == {"events": [], "cursor": head, "epoch": epoch, "more": False}


async def test_asked_again_after_a_lost_answer_it_returns_the_same_events(any_chat):
    room = await any_chat.room("anna", "ben")
    head, epoch = await _begin(any_chat, room)
    path = f"rooms/{room}/events?after={head}&epoch={epoch}&wait=25"
    async with any_chat.rest("ben") as rest, any_chat.rest("ben") as witness:
        lost = asyncio.create_task(rest.get(path))
        seen = asyncio.create_task(witness.get(path))
        await _say(any_chat, room, "said once")
        answer = (await seen).json()
        lost.cancel()
        again = [(await witness.get(path)).json() for _ in range(3)]
    assert [event["message"]["body"] for event in answer["events"]] == ["said once"]
    assert again == [answer] * 3


async def test_a_stream_speaks_at_once_and_gives_an_id_with_the_first_event(any_chat):
    """Though nothing happens in the room, and though there is a balancer between."""
    room = await any_chat.room("anna", "ben")
    head, epoch = await _begin(any_chat, room)
    with report("the first byte of a stream") as measured:
        async with any_chat.stream("ben", {room: head}, epoch=epoch) as stream:
            await stream.until(lambda: stream.retry)
    measured(f"retry: {stream.retry}")
    async with any_chat.stream("ben", {room: head}, epoch=epoch) as stream:
        seq = await _say(any_chat, room, "hello")
        await stream.reach(room, seq)
        assert stream.id == f"{epoch};{room}:{seq}"
    async with any_chat.rest("ben") as rest:
        answer = await rest.head(f"events/stream?rooms={room}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_quiet_stream_gets_a_comment_again_and_again(start_chat):
    chat = start_chat(PARLEY_COMMENT_SECONDS=size("0.2", "15"))
    room = await chat.room("anna", "ben")
    async with chat.stream("ben", {room: None}) as stream:
        with report("the third comment of a quiet stream") as measured:
            await stream.until(lambda: stream.comments >= 3, seconds=4 * PATIENCE)
        measured("heard")


async def test_the_id_is_the_cursor_of_all_rooms_and_resumes_them_all(any_chat):
    rooms = [await any_chat.room("anna", "ben") for _ in range(3)]
    async with any_chat.stream("ben", dict.fromkeys(rooms)) as stream:
        for room in rooms:
            await stream.expect("live", room=room)
        for room in rooms[:2]:
            await stream.reach(room, await _say(any_chat, room, "before"))
        last = stream.id
    after = {room: await _say(any_chat, room, "between") for room in rooms}
    async with any_chat.stream("ben", dict.fromkeys(rooms, 0), epoch=stream.epoch, last=last) as stream:
        for room, seq in after.items():
            assert (await stream.reach(room, seq)).bodies == ["between"]


async def test_a_stream_of_several_rooms_tells_which_it_cannot_follow(any_chat):
    open_room, closed = await any_chat.room("anna"), await any_chat.room("anna", kind="private")
    async with any_chat.stream("ben", {open_room: None, closed: None}) as stream:
        refused = await stream.expect("error", room=closed)
        assert refused["error"]["code"] == "not_found"
        await stream.expect("live", room=open_room)
    async with any_chat.rest("ben") as rest:
        for rooms, status in (
            (closed, 404),
            ("", 400),
            ("No Room", 400),
            (",".join(f"r{n}" for n in range(51)), 400),
            (f"{open_room}:-1", 400),
            (f"{open_room}:1", 400),
        ):
            assert (await rest.get("events/stream", params={"rooms": rooms})).status_code == status, rooms


@pytest.fixture
def narrow(start_chat, redis_server):
    """One worker with few threads and fewer connections."""
    few = {"DATABASE_POOL_MAX": "4", "PARLEY_DATABASE_THREADS": "4", "PARLEY_SOCKETS_PER_PERSON": "1000"}
    return start_chat(database="postgres", redis=redis_server, **few)


async def test_who_waits_holds_no_thread_and_no_connection(narrow):
    room = await narrow.room("anna", "ben")
    head, epoch = await _begin(narrow, room)
    process = psutil.Process(narrow.server.pid)
    async with AsyncExitStack() as stack:
        rest = await stack.enter_async_context(narrow.rest("ben"))
        path = f"rooms/{room}/events?after={head}&epoch={epoch}"
        await asyncio.gather(*(rest.get(path) for _ in range(WAITING)))
        before = process.num_threads()
        polls = [asyncio.create_task(rest.get(f"{path}&wait=30")) for _ in range(WAITING)]
        many = [narrow.stream("ben", {room: head}, epoch=epoch) for _ in range(WAITING)]
        streams = [await stack.enter_async_context(each) for each in many]
        await _until_there(narrow, WAITING)
        threads, connections = process.num_threads(), _connections(narrow)
        print(f"{2 * WAITING} waiting: {before} threads became {threads}, connections {connections}")
        assert threads < before + WAITING / 4
        assert len(connections) <= 4
        assert set(connections) <= {"idle"}
        with report("a message to all of them") as measured:
            seq = await _say(narrow, room, "wake up")
            answers = await asyncio.gather(*polls)
            await asyncio.gather(*(stream.reach(room, seq) for stream in streams))
        measured("heard")
        assert {answer.json()["cursor"] for answer in answers} == {seq}
        path = f"rooms/{room}/events?after={seq}&epoch={epoch}&wait=30"
        left = [asyncio.create_task(rest.get(path)) for _ in range(WAITING)]
        await _until_there(narrow, WAITING)
        for poll in left:
            poll.cancel()
    await _until_there(narrow, 0)
    lines = [line for line in narrow.server.log.read_text().splitlines() if "audit head" not in line]
    assert len(lines) == 1, "somebody who leaves is nothing to log"


async def _until_there(chat, number):
    """Until so many polls and so many streams wait at the server."""
    wanted = {f'parley_connections{{transport="{each}"}} {number}.0' for each in ("poll", "stream")}
    async with chat.http() as http, asyncio.timeout(60):
        while not wanted <= set((await http.get(f"{chat.server.url}/metrics")).text.splitlines()):
            pass


def _connections(chat):
    """The state of every connection to the chat's database but ours."""
    with psycopg.connect(chat.server.variables["DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        return [state for (state,) in rows]

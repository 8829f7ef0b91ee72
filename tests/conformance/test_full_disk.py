"""On a full disk nothing can be written, which is said as worth repeating; everybody reads on, newcomers too, and when
there is room again it goes on by itself.
"""

import asyncio
from contextlib import contextmanager

import psutil
import pytest

from tests.client import Refused
from tests.conformance.house import until_said


@contextmanager
def _full_disk(server):
    """The worker can write to no file within the block."""
    worker = psutil.Process(server.pid)
    limits = worker.rlimit(psutil.RLIMIT_FSIZE)
    worker.rlimit(psutil.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        worker.rlimit(psutil.RLIMIT_FSIZE, limits)


async def test_sends_fail_as_worth_repeating_who_reads_reads_on_and_all_goes_on_when_there_is_room(start_chat):
    chat = await asyncio.to_thread(start_chat)
    room = await chat.room("anna", "ben")
    anna, ben = clients = [await chat.connect(name) for name in ("anna", "ben")]
    for client in clients:
        await client.subscribe(room)
    await anna.say(room, "before")
    with _full_disk(chat.server):
        for _ in range(2):
            with pytest.raises(Refused) as refused:
                await anna.say(room, "during", "during")
            assert refused.value.code == "unavailable"
        async with chat.rest("ben") as rest:
            answer = await rest.post(f"rooms/{room}/messages", json={"client_id": "by REST", "body": "during"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        await ben.call("ping")
        async with await chat.connect("cleo") as cleo:
            assert (await cleo.subscribe(room, after=0)).bodies == ["before"]
        assert [message["body"] for message in await chat.history(room)] == ["before"]
    assert set(await until_said(anna, room, "during")) <= {"unavailable"}
    for client in clients:
        await client.until(lambda client=client: client.logs[room].bodies == ["before", "during"])
        await client.close()
    assert [message["body"] for message in await chat.history(room)] == ["before", "during"]

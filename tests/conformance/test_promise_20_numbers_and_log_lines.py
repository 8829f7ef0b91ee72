"""Promise 20: `/metrics` has every number that is promised, and one message can be followed through all log lines."""

import asyncio
import contextlib
import json
from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.inhabited import starting_chats
from tests.patience import PATIENCE
from tests.servers.fleet import Fleet
from tests.servers.program import wait_until

LINES = {"PARLEY_LOG_FORMAT": "json", "PARLEY_LOG_LEVEL": "DEBUG"}
TEXT = "what nobody finds in a log"
HINT_SECONDS = 5.0
"""After so long without a hint another message is tried."""


@pytest.fixture(scope="module")
def told(request, tmp_path_factory):
    """A fleet that tells all it does."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(kind=Fleet, workers=4, **LINES)


async def test_the_numbers_count_what_happened(told):
    room = await told.room("anna", "ben")
    before = await _numbers(told)
    anna, ben = await told.places()[0].connect("anna"), await told.places()[1].connect("ben")
    head = (await anna.subscribe(room)).cursor
    await ben.subscribe(room)
    async with told.stream("ben", {room: head}, epoch=ben.epoch) as stream:
        await stream.expect("live", room=room)
        assert (await _since(told, before, "parley_connections"))["socket"] == 2
        assert (await _since(told, before, "parley_connections"))["stream"] == 1
        for number in range(5):
            said = await anna.say(room, f"{number}")
        for listener in (anna, ben, stream):
            await listener.reach(room, said["seq"])
    await ben.subscribe(room, after=head)
    await ben.subscribe(room, after=head, most=1)
    await ben.subscribe(room, after=head, epoch="another")
    await ben.send("x" * 65_537)
    assert await ben.closed() == 4013
    await anna.close()

    async def since(name):
        return await _since(told, before, name)

    assert (await since("parley_messages"))[""] == 5
    assert (await since("parley_deliveries"))[""] == 3 * 5 + 5, "five to each of three, and five again to one"
    assert await since("parley_resumes") == {"head": 2, "replayed": 2, "limited": 1, "reset": 1}
    assert await since("parley_closes") == {"4013": 1}
    assert (await since("parley_commit_to_send_seconds_count"))[""] >= 2
    assert sum((await _numbers(told))["parley_loop_lag_seconds_count"].values()) > 0


async def test_what_no_hint_told_is_counted(start_fleet):
    chat = start_fleet(workers=2, PARLEY_DROP_HINTS="all")
    room = await chat.room("anna", "ben")
    places = chat.places()
    async with await places[0].connect("anna") as anna, await places[1].connect("ben") as ben:
        await ben.subscribe(room)
        said = await anna.say(room, "unheard")
        await ben.reach(room, said["seq"])
        assert sum((await _numbers(chat))["parley_hints_lost"].values()) >= 1


async def test_one_message_is_followed_by_room_and_number_through_the_lines_of_all_workers(told):
    room = await told.room("anna", "ben")
    first, *others = told.places()
    writer, readers = await first.connect("anna"), [await place.connect("ben") for place in others]
    for reader in readers:
        await reader.subscribe(room)
    seq = await _say_by_hints(told, writer, room, readers)
    late = await first.connect("ben")
    await late.subscribe(room, after=seq - 1)
    await late.reach(room, seq)
    wanted = [Counter(committed=1, announced=1, replayed=1), *[Counter({"hint heard": 1, "delivered": 1})] * 3]
    wait_until(lambda: _steps(told, room, seq) == wanted, lambda: f"{_steps(told, room, seq)}")
    lines = [line for server in told.server.servers for line in _lines(server, room, seq)]
    assert [line["kind"] for line in lines if line["event"] == "committed"] == ["message.created"]
    for line in lines:
        assert {"timestamp", "level", "logger", "worker"} <= line.keys()
        assert line.get("connections", 1) == 1
        assert line.get("connection", late.hello["connection_id"]) == late.hello["connection_id"]
    assert len({line["worker"] for line in lines}) == len(told.server.servers)
    assert TEXT not in told.server.said()
    for client in (writer, late, *readers):
        await client.close()


async def _say_by_hints(chat, writer, room, readers):
    """Says something that all other workers hear of by a hint, which Redis may lose on a busy machine; its number."""
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            seq = (await writer.say(room, TEXT))["seq"]
            for reader in readers:
                await reader.reach(room, seq)
            heard = [Counter(committed=1, announced=1), *[Counter({"hint heard": 1, "delivered": 1})] * 3]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HINT_SECONDS):
                    while _steps(chat, room, seq) != heard:  # noqa: ASYNC110 - a log tells nobody.
                        await asyncio.sleep(0.02)
                return seq


def _steps(chat, room, seq):
    """How often each thing was said of an event, by worker."""
    return [Counter(line["event"] for line in _lines(server, room, seq)) for server in chat.server.servers]


def _lines(server, room, seq):
    """The lines of one server that name an event."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if (line.get("room"), line.get("seq")) == (room, seq)]


async def _numbers(chat):
    """All numbers of all servers together: name → label → value."""
    found = {}
    async with chat.http() as http:
        for server in chat.server.servers:
            text = (await http.get(f"{server.own_url}/metrics")).raise_for_status().text
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    values = found.setdefault(sample.name.removesuffix("_total"), Counter())
                    values["".join(sample.labels.values())] += sample.value
    return found


async def _since(chat, before, name):
    now = (await _numbers(chat))[name]
    return Counter({label: value - before.get(name, {}).get(label, 0) for label, value in now.items()})

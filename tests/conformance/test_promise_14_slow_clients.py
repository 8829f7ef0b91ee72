"""Promise 14: clients that do not read cost little memory and nobody else's time, and get everything when they read
again; a slow one is not taken for a stuck one."""

import asyncio
import time
from contextlib import AsyncExitStack
from statistics import quantiles

import psutil
import pytest

from tests.conformance.sizes import report, size
from tests.conformance.slow import slow
from tests.listener import Log
from tests.patience import PATIENCE

STUCK = size(20, 100)
BODY = "x" * 7_900
MESSAGES = size(100, 900)
SLOW_MESSAGES = 30
"""Half a megabyte: far more than what the pipe to a client holds, and three minutes' reading at 3 kB/s."""
PER_SECOND = 62
"""With bodies like these, which an event shows as text and as HTML, 1 MB a second."""
MEGABYTE = 1024 * 1024


class Timed(Log):
    """A room's log that knows when each message came."""

    def __init__(self, log):
        super().__init__(log.room, log.cursor)
        self.came = {}

    def take(self, after, events, **more):
        super().take(after, events, **more)
        self.came |= {event["seq"]: time.monotonic() for event in events}


async def _talk(chat, room, count, reader):
    """Writes so many long messages at the pace; the last seq, and how late each was heard by a reader, in seconds."""
    loop = asyncio.get_running_loop()
    heard = reader.logs[room] = Timed(reader.logs[room])
    acks, said = [], []
    async with await chat.connect("anna") as anna:
        start = loop.time()
        for number in range(count):
            said.append(time.monotonic())
            acks.append(await anna.begin_to_say(room, f"{number} {BODY}"))
            await asyncio.sleep(start + (number + 1) / PER_SECOND - loop.time())
        seqs = [message["seq"] for message in await asyncio.gather(*acks)]
        await reader.reach(room, seqs[-1], seconds=2 * PATIENCE)
    return seqs[-1], [heard.came[seq] - at for seq, at in zip(seqs, said, strict=True)]


def _cpu(process):
    """Seconds of work so far, which other work on the machine changes less than the time that passes."""
    return process.cpu_times().user + process.cpu_times().system


@pytest.mark.timeout(600)
async def test_clients_that_do_not_read_cost_little_and_get_everything_later(start_chat):
    chat = start_chat(PARLEY_SOCKETS_PER_PERSON="1000", PARLEY_SLOW_SECONDS="600")
    room = await chat.room("anna", "ben", "cleo")
    process = psutil.Process(chat.server.pid)
    async with AsyncExitStack() as stack:
        cleo = await stack.enter_async_context(await chat.connect("cleo"))
        await cleo.subscribe(room)
        begun = _cpu(process)
        _, before = await _talk(chat, room, MESSAGES // 2, cleo)
        cost = [(_cpu(process) - begun) / (MESSAGES // 2)]
        stuck = [await stack.enter_async_context(slow(chat, "ben")) for _ in range(STUCK)]
        for client in stuck:
            await client.follow(room)
        memory, begun = process.memory_info().rss, _cpu(process)
        last, after = await _talk(chat, room, MESSAGES, cleo)
        cost.append((_cpu(process) - begun) / MESSAGES)
        grown = (process.memory_info().rss - memory) / MEGABYTE
        p99 = [quantiles(late, n=100)[98] * 1000 for late in (before, after)]
        print(f"{STUCK} stuck clients: +{grown:.1f} MB, p99 of others {p99[0]:.0f} ms became {p99[1]:.0f} ms,")
        print(f"CPU of the worker for a message {cost[0] * 1000:.1f} ms became {cost[1] * 1000:.1f} ms")
        assert grown < size(15, 50)
        with report("after reading again") as measured:
            logs = await asyncio.gather(*(client.read_upto(room, last) for client in stuck))
        measured(f"{sum(client.taken for client in stuck) / MEGABYTE:.0f} MB")
    assert [len(body) for body in logs[0].bodies] == [len(f"{n} {BODY}") for n in range(MESSAGES)]
    assert all(log.events == logs[0].events for log in logs)


@pytest.mark.timeout(600)
async def test_a_slow_client_gets_there_and_a_stuck_one_is_closed(start_chat):
    """What waits for the slow one takes it longer to read than is allowed to who reads nothing."""
    chat = start_chat(PARLEY_SLOW_SECONDS=str(size(6, 60)))
    room = await chat.room("anna", "ben", "dora")
    async with slow(chat, "ben") as ben, slow(chat, "dora") as dora, await chat.connect("cleo") as cleo:
        await cleo.subscribe(room)
        for client in (ben, dora):
            await client.follow(room)
        last, _ = await _talk(chat, room, SLOW_MESSAGES, cleo)
        with report("a slow client") as measured:
            log = await ben.read_upto(room, last, per_second=size(45_000, 3_000))
        measured(f"{ben.taken / 1000:.0f} kB")
        assert len(log.bodies) == SLOW_MESSAGES
        await _closed_as_too_slow(chat)
        await dora.read_to_the_end()
        assert dora.logs[room].cursor < last
        assert dora.disconnects in ([4102], [])


async def _closed_as_too_slow(chat):
    """Waits until the server says that it has closed somebody for that."""
    async with asyncio.timeout(2 * PATIENCE), chat.http() as http:
        closed = 'parley_closes_total{code="4102"} 1.0'
        while closed not in (await http.get(f"{chat.server.url}/metrics")).text:  # noqa: ASYNC110 - nobody is told.
            await asyncio.sleep(0.2)

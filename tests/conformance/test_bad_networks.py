"""Bad networks: whatever becomes of the line, nothing is lost, doubled or out of order for a client that comes back,
and whoever is cut off is missed soon, on both sides.

A client is cut off from its worker, then a worker from Redis and from PostgreSQL. That all workers lose these is
shown by promise 10 and `test_postgres_away`.
"""

import asyncio
import contextlib
import itertools
import re
import time

import pytest

from parley_client import START, State
from parley_client.links import socket as socket_link
from parley_client.links.socket import SocketLink
from tests.client import Refused
from tests.conformance.house import until_said
from tests.conformance.sizes import PROVE, report, size
from tests.inhabited import starting_chats
from tests.parley_client.people import Listener, assert_whole, seat, talk
from tests.patience import PATIENCE
from tests.servers.fleet import Fleet
from tests.servers.network import BadNetwork
from tests.servers.program import wait_until

HEARTBEAT = size(1.0, 10.0)
PING = size(2.0, 10.0)
LATE = 0.3
EACH = size(5, 100)
OUTAGE = size(0.0, 20.0)
PAUSE = size("?options=-c%20idle_in_transaction_session_timeout%3D1s", "")
"""After how long a worker that says nothing within a transaction loses it; by itself after ten seconds."""
LONG = 4000
"""Letters of a message that does not get through before the line tears."""


@pytest.fixture(scope="module")
def lively_chat(request, tmp_path_factory):
    """One worker that soon asks who is still there."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(PARLEY_HEARTBEAT_SECONDS=f"{HEARTBEAT}", PARLEY_PING_SECONDS=f"{PING}")


@pytest.fixture
def network(lively_chat):
    """The way to it."""
    found = BadNetwork(lively_chat.server.url)
    yield found
    found.stop()


@pytest.fixture
def impatient(monkeypatch):
    """Clients that take a silent server for gone soon behind its second heartbeat."""
    monkeypatch.setattr(socket_link, "SPARE_SECONDS", size(0.5, socket_link.SPARE_SECONDS))


async def _late(network, anna, ben, room):
    """For as long as they talk."""
    network.latency = network.jitter = LATE


async def _a_byte_a_second(network, anna, ben, room):
    """No frame gets through in time, until the line is well again."""
    network.per_second = 1
    await anna.reach(State.WAITING)
    await asyncio.sleep(OUTAGE)
    network.per_second = float("inf")


async def _silent_for_a_while(network, anna, ben, room):
    """All is held, also the ends of connections and what was begun anew, and comes late."""
    with network.parted():
        await anna.reach(State.WAITING, State.CONNECTING)
        await asyncio.sleep(OUTAGE)


async def _torn_within_a_frame(network, anna, ben, room):
    """First one of the client's, then one of the server's."""
    for sender, letter in ((anna, "a"), (ben, "b")):
        anna.forget()
        network.tear(after=LONG // 2)
        await sender.client.send(room, letter * LONG)
        await asyncio.to_thread(wait_until, lambda: network.torn, lambda: "nothing was torn")
        await anna.reach(State.WAITING, State.LIVE)


@pytest.mark.parametrize("weather", [_late, _a_byte_a_second, _silent_for_a_while, _torn_within_a_frame])
async def test_nothing_is_lost_doubled_or_out_of_order_over_a_bad_line(lively_chat, network, impatient, weather):
    room = await lively_chat.room("anna", "ben")
    async with (
        seat(lively_chat, "anna", url=network.url, ways=[SocketLink]) as anna,
        seat(lively_chat, "ben", ways=[SocketLink]) as ben,
    ):
        heard = [Listener(each.client, room, after=START, most=None) for each in (anna, ben)]
        await asyncio.gather(*(each.reach(State.LIVE) for each in (anna, ben)))
        with report(weather.__name__) as measured:
            async with asyncio.TaskGroup() as talking:
                for each, name in ((anna, "anna"), (ben, "ben")):
                    talking.create_task(talk(each.client, room, name, EACH))
                await weather(network, anna, ben, room)
            history = [message["body"] for message in await lively_chat.history(room)]
            for each in heard:
                await each.until(lambda each=each: len(each.bodies) >= len(history))
        measured(f"{len(history)} messages, {anna.states.count(State.WAITING)} connections lost")
    for each in heard:
        assert each.bodies == history
        assert_whole(each, ("anna", EACH), ("ben", EACH))


async def test_half_open_sockets_are_noticed_within_two_heartbeats_on_both_sides(lively_chat, network, impatient):
    """How soon is asked of the full size alone."""
    room = await lively_chat.room("anna")
    async with seat(lively_chat, "anna", url=network.url, ways=[SocketLink]) as anna:
        heard = Listener(anna.client, room, after=START, most=None)
        await anna.reach(State.LIVE)
        anna.forget()
        dropped, began = await _dropped(lively_chat), time.monotonic()
        await asyncio.to_thread(network.abandon)
        said = asyncio.create_task(anna.client.send(room, "into silence"))
        dropping = asyncio.create_task(_one_more_dropped(lively_chat, dropped))
        with report("half-open") as measured:
            await anna.reach(State.WAITING)
            missed = time.monotonic() - began
            await anna.reach(State.WAITING, State.LIVE)
            noticed = await dropping - began
        measured(f"missed by the client after {missed:.1f} s, by the server after {noticed:.1f} s at most")
        await said
        await heard.until(lambda: heard.bodies == ["into silence"])
    if PROVE:
        assert missed <= 2 * HEARTBEAT + socket_link.SPARE_SECONDS + 1
        assert noticed <= 2 * PING + 1


async def _one_more_dropped(chat, before):
    """When the worker has taken another socket for gone."""
    async with asyncio.timeout(PATIENCE):
        while await _dropped(chat) == before:  # noqa: ASYNC110 - the worker tells by its metrics.
            await asyncio.sleep(0.1)
    return time.monotonic()


async def _dropped(chat):
    """How many sockets the worker took for gone."""
    async with chat.http() as http:
        text = (await http.get(f"{chat.server.url}/metrics")).text
    return sum(int(float(count)) for count in re.findall(r'^parley_closes_total\{code="1006"\} (\S+)', text, re.M))


class Parted(Fleet):
    """The first of its workers reaches PostgreSQL and Redis over networks of its own."""

    def __init__(self, *places, **options):
        super().__init__(*places, through="", **options)
        variables = self.servers[0].variables
        self.lines = {name: BadNetwork(variables[name]) for name in ("DATABASE_URL", "REDIS_URL")}
        variables |= {name: line.url for name, line in self.lines.items()}
        variables["DATABASE_URL"] += PAUSE

    def stop(self):
        code = super().stop()
        for line in self.lines.values():
            line.stop()
        return code


@pytest.fixture
async def parted(start_chat):
    """A chat of two such workers, a room, and a socket at each: first at the one that will be cut off."""
    chat = await asyncio.to_thread(start_chat, kind=Parted, workers=2, PARLEY_POSITION_CHECK_SECONDS="0.5")
    room = await chat.room("anna", "ben")
    clients = [await place.connect(name) for place, name in zip(chat.places(), ("anna", "ben"), strict=True)]
    for client in clients:
        await client.subscribe(room)
    yield chat, room, clients
    history = [message["body"] for message in await chat.history(room)]
    for client in clients:
        await client.until(lambda client=client: len(client.logs[room].bodies) >= len(history))
        assert client.logs[room].bodies == history
        await client.close()


async def test_a_worker_parted_from_redis_goes_on_and_hears_of_everything(parted):
    chat, room, (anna, ben) = parted
    with chat.server.lines["REDIS_URL"].parted(), report("parted from Redis") as measured:
        for number in range(3):
            for speaker, listener in ((anna, ben), (ben, anna)):
                await listener.reach(room, (await speaker.say(room, f"{number}"))["seq"])
        await asyncio.sleep(OUTAGE)
    measured("6 messages went both ways")
    for speaker, listener in ((anna, ben), (ben, anna)):
        await listener.reach(room, (await speaker.say(room, "mended"))["seq"])


async def test_a_worker_parted_from_postgres_keeps_its_readers_and_catches_up_with_its_writers(parted):
    """What others say comes to it by hints, which need no database."""
    chat, room, (anna, ben) = parted
    with chat.server.lines["DATABASE_URL"].parted():
        sent = await anna.begin_to_say(room, "during", "during")
        for number in range(3):
            await anna.reach(room, (await ben.say(room, f"{number}"))["seq"])
        await anna.call("ping")
        await asyncio.sleep(OUTAGE)
        await anna.call("ping")
    await until_said(anna, room, "during")
    await asyncio.wait([sent])
    await ben.until(lambda: "during" in ben.logs[room].bodies)


async def test_a_worker_parted_within_a_transaction_lets_go_of_its_room(parted):
    """Whatever it was about to write is written once, by another try."""
    chat, room, (anna, ben) = parted
    over = asyncio.Event()
    writing = asyncio.create_task(_write_all_the_time(anna, room, over))
    await ben.until(lambda: len(ben.logs[room].bodies) > 20)
    with chat.server.lines["DATABASE_URL"].parted():
        await ben.say(room, "let me in")
    await until_said(anna, room, "back again")
    over.set()
    await writing


async def _write_all_the_time(client, room, over):
    """Five at a time, until it is over or they are refused."""
    numbers = itertools.count()
    with contextlib.suppress(Refused):
        while not over.is_set():
            number = next(numbers)
            await asyncio.gather(*[await client.begin_to_say(room, f"{number}: {part}") for part in range(5)])

"""A client whose way is blocked takes the next, and returns to the best when it is free."""

import asyncio

from parley_client import START, State
from parley_client.links import stream
from tests.parley_client.gate import Gate
from tests.parley_client.people import Listener, seat

SOCKET, STREAM, POLL = "/ws/", "/api/v1/events/stream", "/api/v1/rooms/"


async def talk(seated, room, heard, body):
    """Says something and hears it."""
    await seated.client.send(room, body)
    await heard.until(lambda: heard.bodies[-1:] == [body])


def asked(gate, start):
    return [path for path in gate.paths if path.startswith(start)]


async def test_a_refused_upgrade_leads_to_a_stream_and_a_refused_stream_to_polls(chat):
    room = await chat.room()
    async with Gate(chat.server.port) as gate:
        gate.refused = (SOCKET,)
        async with seat(chat, "anna", url=gate.url) as anna:
            heard = Listener(anna.client, room, after=START)
            await talk(anna, room, heard, "by a stream")
            assert asked(gate, STREAM) and not asked(gate, f"{POLL}{room}/events")
        gate.refused = (SOCKET, STREAM)
        async with seat(chat, "anna", url=gate.url) as anna:
            heard = Listener(anna.client, room, after=START)
            await talk(anna, room, heard, "by polls")
            assert asked(gate, f"{POLL}{room}/events")
            assert heard.bodies == ["by a stream", "by polls"]


async def test_a_stream_that_is_held_back_leads_to_polls(chat, monkeypatch):
    monkeypatch.setattr(stream, "FIRST_BYTE_SECONDS", 0.3)
    room = await chat.room()
    async with Gate(chat.server.port) as gate:
        gate.refused, gate.held = (SOCKET,), (STREAM,)
        async with seat(chat, "anna", url=gate.url) as anna:
            heard = Listener(anna.client, room, after=START)
            await talk(anna, room, heard, "by polls")
            assert asked(gate, STREAM) and asked(gate, f"{POLL}{room}/events")


async def test_sockets_that_are_cut_off_without_a_word_are_tried_twice(chat):
    room = await chat.room()
    async with Gate(chat.server.port) as gate:
        gate.cut = (SOCKET,)
        async with seat(chat, "anna", url=gate.url) as anna:
            heard = Listener(anna.client, room, after=START)
            await talk(anna, room, heard, "by a stream")
            assert len(asked(gate, SOCKET)) == 2
            assert anna.states.count(State.WAITING) == 1


async def test_it_returns_to_the_socket_without_losing_or_doubling_anything(chat):
    room = await chat.room()
    async with Gate(chat.server.port) as gate:
        gate.refused = (SOCKET,)
        async with seat(chat, "anna", url=gate.url, climb_seconds=0.05) as anna:
            heard = Listener(anna.client, room, after=START)
            await talk(anna, room, heard, "by a stream")
            told = asyncio.create_task(_talk_on(anna, room))
            gate.refused = ()
            anna.forget()
            await anna.reach(State.CONNECTING, State.CATCHING_UP, State.LIVE)
            streams = len(asked(gate, STREAM))
            told.cancel()
            await talk(anna, room, heard, "by the socket")
            assert len(asked(gate, STREAM)) == streams
            assert [event.seq for event in heard.events] == list(range(1, len(heard.events) + 1))
            history = [message.body async for message in anna.client.history(room, after=0)]
            assert heard.bodies == history


async def _talk_on(seated, room):
    number = 0
    while True:
        await seated.client.send(room, f"number {number}")
        number += 1


async def test_a_server_that_is_away_is_no_blocked_way(chat):
    room = await chat.room()
    async with Gate(chat.server.port) as gate:
        gate._target = 1
        async with seat(chat, "anna", url=gate.url) as anna:
            heard = Listener(anna.client, room, after=START)
            await anna.reach(State.WAITING)
            gate._target = chat.server.port
            await talk(anna, room, heard, "by the socket")
            assert not asked(gate, STREAM)

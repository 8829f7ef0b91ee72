"""The socket against a server that says what a test wants, also what a real one never would."""

import asyncio
import json
from http import HTTPStatus

import pytest
from websockets.asyncio.server import serve

from parley_client import START, Client, Closed, State
from parley_client.links import socket as module
from parley_client.links.socket import SocketLink
from tests.parley_client.fakes import event, message
from tests.parley_client.people import Listener, Seat
from tests.patience import PATIENCE

HELLO = {
    "command": "hello", "protocol": "chat.v1", "connection_id": "c-1", "epoch": "e1", "heartbeat_interval_ms": 25000,
    "person": {"id": 1, "username": "anna", "display_name": "Anna"}, "rooms": [], "limits": {}, "server_time": "",
}  # fmt: skip
LIVE = {"command": "live", "room": "general", "head": 0, "epoch": "e1"}


class Server:
    """Calls `script` with each connection; `heard` is what clients say, `answer` the status of upgrades."""

    def __init__(self, script):
        self._script = script
        self.heard = []
        self.statuses = []
        self.connections = 0

    async def __aenter__(self):
        self._server = await serve(
            self._meet, "127.0.0.1", 0, process_request=self._admit, subprotocols=["chat.v1.json"]
        )
        return self

    async def __aexit__(self, *_):
        self._server.close(code=4101)
        await self._server.wait_closed()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _admit(self, connection, request):
        if self.statuses:
            return connection.respond(self.statuses.pop(0), "no")
        return None

    async def _meet(self, connection):
        self.connections += 1
        await self._script(Talk(self, connection))


class Talk:
    """One connection."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection

    async def say(self, *frames):
        for frame in frames:
            await self.connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    async def hear(self, command):
        """The next frame of this command."""
        async for data in self.connection:
            frame = json.loads(data)
            self.server.heard.append(frame)
            if frame["command"] == command:
                return frame
        raise AssertionError(f"no {command} came")

    async def hear_all(self):
        """Hears until the client leaves."""
        async for data in self.connection:
            self.server.heard.append(json.loads(data))

    async def reply(self, frame, **answer):
        await self.say({"command": "reply", "id": frame["id"], **answer})


def sit(server):
    return Seat(server.url, "a-token", ways=[SocketLink], draw=lambda: 0.0)


async def test_a_server_that_does_not_know_the_header_is_told_the_token():
    async def script(talk):
        await talk.say(HELLO | {"person": None})
        await talk.reply(await talk.hear("authenticate"), result={"person": HELLO["person"], "rooms": []})
        await talk.reply(await talk.hear("subscribe"), result={"rooms": [{"room": "general", "head": 0}]})
        await talk.say(LIVE)
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client:
            Listener(anna.client, "general", after=START)
            await anna.reach(State.CONNECTING, State.AUTHENTICATING, State.CATCHING_UP, State.LIVE)
        assert [frame["command"] for frame in server.heard] == ["authenticate", "subscribe"]
        assert server.heard[0]["token"] == "a-token"


async def test_frames_and_fields_of_a_newer_server_are_passed_over():
    async def script(talk):
        await talk.say({"command": "weather"}, HELLO | {"sky": "blue"}, {"command": "weather", "sun": True})
        await talk.hear("subscribe")
        newer = {"seq": 1, "kind": "room.painted", "at": "2026-11-21T12:00:00Z", "actor": "anna", "hue": 3}
        known = json.loads(bytes(event(2)))
        await talk.say({"command": "events", "room": "general", "after": 0, "events": [newer, known], "mood": "good"})
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client:
            heard = Listener(anna.client, "general", after=START)
            await heard.has(2)
            assert [item.kind for item in heard.items] == ["room.painted", "message.created"]


@pytest.mark.parametrize("first", ["not json", '{"no": "command"}', '{"command": "live"}', json.dumps(LIVE)])
async def test_what_is_no_hello_is_a_lost_connection(first):
    async def script(talk):
        await talk.say(first if talk.server.connections == 1 else HELLO)
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client:
            await anna.reach(State.WAITING, State.CONNECTING, State.LIVE)


async def test_a_server_that_falls_silent_is_left(monkeypatch):
    monkeypatch.setattr(module, "SPARE_SECONDS", 0.05)

    async def script(talk):
        await talk.say(HELLO | {"heartbeat_interval_ms": 10})
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client:
            await anna.reach(State.LIVE, State.WAITING, State.LIVE)
            assert "silent" in anna.client.reason


async def test_a_message_without_a_reply_is_sent_again_under_its_name(monkeypatch):
    monkeypatch.setattr(module, "REPLY_SECONDS", 0.05)

    async def script(talk):
        await talk.say(HELLO)
        await talk.hear("send-message")
        await talk.reply(await talk.hear("send-message"), result={"message": json.loads(bytes(event(7)))["message"]})
        await talk.hear_all()

    async with Server(script) as server:
        async with Client(server.url, "a-token", ways=[SocketLink], draw=lambda: 0.0) as client:
            assert await client.send("general", "hello") == message(7)
        first, second = server.heard
        assert first["message"] == second["message"] and first["id"] != second["id"]


async def test_a_message_held_for_review_is_none():
    async def script(talk):
        await talk.say(HELLO)
        await talk.reply(await talk.hear("send-message"), result={"held": True})
        await talk.hear_all()

    async with Server(script) as server, Client(server.url, "a-token", ways=[SocketLink]) as client:
        assert await client.send("general", "hello") is None


async def test_a_room_that_gets_no_answer_is_asked_for_again(monkeypatch):
    monkeypatch.setattr(module, "REPLY_SECONDS", 0.05)
    monkeypatch.setattr("parley_client.session.REPEAT_SECONDS", 0.05)

    async def script(talk):
        await talk.say(HELLO)
        await talk.hear("subscribe")
        await talk.reply(await talk.hear("subscribe"), error={"code": "unavailable", "message": "Not now."})
        await talk.reply(await talk.hear("subscribe"), result={"rooms": [{"room": "general", "head": 0}]})
        await talk.say(LIVE)
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client:
            Listener(anna.client, "general", after=START)
            await anna.reach(State.CATCHING_UP, State.LIVE)
        assert len(server.heard) == 3


async def test_a_gateway_without_its_server_is_no_blocked_way():
    async def script(talk):
        await talk.say(HELLO)
        await talk.hear_all()

    async with Server(script) as server:
        server.statuses = [HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE]
        anna = Seat(server.url, "a-token", draw=lambda: 0.0)
        async with anna.client:
            await anna.reach(State.WAITING, State.WAITING, State.LIVE)


async def test_a_server_that_lets_nobody_say_hello_counts_as_blocked_in_the_end(monkeypatch):
    monkeypatch.setattr(module, "OPEN_SECONDS", 0.05)

    async def script(talk):
        await talk.hear_all()

    async with Server(script) as server:
        anna = Seat(server.url, "a-token", draw=lambda: 0.0)
        async with anna.client:
            await anna.reach(State.WAITING, State.CONNECTING, State.WAITING)
            assert server.connections >= 2


async def test_what_disconnect_says_counts_and_not_the_close_behind_it():
    async def script(talk):
        await talk.say(HELLO, {"command": "disconnect", "code": 4010, "reason": "You are banned.", "retry": False})
        await talk.connection.close(1000)

    async with Server(script) as server, Client(server.url, "a-token", ways=[SocketLink]) as client:
        with pytest.raises(Closed, match=r"You are banned. \(4010\)"):
            await client.send("general", "hello")


async def test_many_rooms_are_asked_for_a_hundred_at_a_time():
    asked = asyncio.Event()

    async def script(talk):
        await talk.say(HELLO)
        while sum(len(frame["rooms"]) for frame in talk.server.heard) < 250:
            await talk.hear("subscribe")
        asked.set()
        await talk.hear_all()

    async with Server(script) as server:
        anna = sit(server)
        async with anna.client, asyncio.timeout(PATIENCE):
            for number in range(250):
                Listener(anna.client, f"room-{number}", after=START)
            await asked.wait()
        assert max(len(frame["rooms"]) for frame in server.heard) == 100

"""The AsyncAPI document is valid, tells of everything, and is true of what is really said and heard."""

import asyncio
import json
from copy import deepcopy
from functools import cache
from itertools import count
from typing import Any, get_args, get_type_hints

import httpx
import msgspec
import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from websockets.asyncio.client import connect

from chat.domain import errors, shapes
from chat.domain.closing import CloseCode
from chat.realtime import commands, routing
from chat.wire import client, server
from chat.wire.asyncapi import document
from chat.wire.codecs import CODECS
from tests.patience import PATIENCE

Frame = dict[str, Any]

SAID = {kind.__struct_config__.tag for kind in get_args(server.AnyServerFrame)}
HEARD = {kind.__struct_config__.tag for kind in get_args(client.AnyClientFrame)}


def _at(reference: str) -> Any:
    """What a reference points to, however often it is passed on."""
    found: Any = document()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return _at(found["$ref"]) if "$ref" in found else found


def _names(operation: str) -> list[str]:
    return [_at(each["$ref"])["name"] for each in document()["operations"][operation]["messages"]]


def _schema(name: str) -> Any:
    return document()["components"]["schemas"][name]


# --- the document ----------------------------------------------------------------------------------------------------


def test_asyncapis_own_parser_finds_nothing_wrong(node):
    done = node.run("validate_asyncapi.js", json.dumps(document()))
    assert done.returncode == 0, done.stdout + done.stderr


def test_asyncapis_own_parser_would_find_a_fault(node):
    broken = deepcopy(document())
    broken["operations"]["say"]["messages"].append({"$ref": "#/channels/socket/messages/Nothing"})
    done = node.run("validate_asyncapi.js", json.dumps(broken))
    assert (done.returncode, "Nothing" in done.stdout) == (1, True), done.stdout + done.stderr


def test_the_app_serves_it_to_everyone(client: Client):
    answer = client.get("/api/v1/asyncapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == document()
    assert answer.json()["asyncapi"] == "3.0.0"


def test_every_command_of_either_side_is_in_it():
    assert set(_names("room-receive")) == HEARD
    assert set(_names("room-say")) == SAID
    assert set(_names("say")) == SAID - {"reply"}
    assert set(_names("stream")) == SAID - {"reply", "hello", "pong"}
    for command in HEARD:
        assert _names(command) == [command]


def test_every_command_says_what_its_reply_carries():
    results = {frame: get_type_hints(handler)["return"].__name__ for frame, handler in commands.HANDLERS.items()}
    results |= dict.fromkeys([*commands.SERVICES, client.SendMessage], "MessageResult")
    assert results.keys() == set(get_args(client.AnyClientFrame))
    for frame, result in results.items():
        reply, refusal, *_ = document()["operations"][frame.__struct_config__.tag]["reply"]["messages"]
        assert _at(_at(reply["$ref"])["payload"]["$ref"])["properties"]["result"] == {
            "$ref": f"#/components/schemas/{result}"
        }
        assert refusal["$ref"].endswith("/ErrorReply")
    sent = [each["$ref"] for each in document()["operations"]["send-message"]["reply"]["messages"]]
    assert any(each.endswith("/HeldResultReply") for each in sent)


def test_every_kind_of_event_is_in_it():
    shown = [_at(each["$ref"])["properties"]["kind"]["enum"] for each in _schema("Event")["anyOf"]]
    kinds = [get_args(get_type_hints(event)["kind"]) for event in get_args(shapes.Event)]
    assert [sorted(each) for each in shown] == [sorted(each) for each in kinds]


def test_every_error_and_close_code_is_in_it_and_explained():
    code = _schema("ErrorBody")["properties"]["code"]
    assert code["enum"] == list(errors.ALL)
    assert all(f"`{each}`" in code["description"] for each in errors.ALL)
    assert _schema("CloseCode")["enum"] == sorted(CloseCode)
    assert all(f"{int(each)}: " in _schema("CloseCode")["description"] for each in CloseCode)


def test_it_names_the_addresses_and_formats_of_sockets():
    channels = document()["channels"]
    sockets = {str(each.pattern).replace("<str:slug>", "{slug}") for each in routing.websocket.routes} - {""}
    assert {f"/{each}" for each in sockets} == {channels["socket"]["address"], channels["room"]["address"]}
    for name in ("socket", "room"):
        headers = channels[name]["bindings"]["ws"]["headers"]["properties"]
        assert headers["Sec-WebSocket-Protocol"]["enum"] == list(CODECS)


def test_it_names_the_cookie_that_is_read():
    assert document()["components"]["securitySchemes"]["session"]["name"] == settings.SESSION_COOKIE_NAME


# --- the document, taken at its word ---------------------------------------------------------------------------------


@cache
def _strict() -> dict[str, Any]:
    """The components, in which objects have no property that they do not name."""
    strict = deepcopy(document()["components"])
    for schema in strict["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return strict


def believe(frame: Frame, messages: list[dict[str, str]]) -> None:
    """Raises unless the frame is one of these messages."""
    named = [each["$ref"] for each in messages if _at(each["$ref"])["name"] == frame["command"]]
    assert named, f"{frame['command']} is not in the document here"
    schema = {"anyOf": [_at(each)["payload"] for each in named], "components": _strict()}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(frame)


def _messages(operation: str) -> list[dict[str, str]]:
    return document()["operations"][operation]["messages"]


class Tape:
    """A socket that holds every frame, said or heard, against the document."""

    def __init__(self, socket: Any, form: Any) -> None:
        self._socket, self._form = socket, form
        self.said: set[str] = set()
        self.heard: list[Frame] = []
        self._untaken: list[Frame] = []
        self._ids = count(1)

    async def say(self, command: str, **fields: Any) -> Frame:
        """Says it; the reply."""
        number = next(self._ids)
        await self.tell({"command": command, "id": number, **fields})
        reply = await self.hear("reply", id=number)
        believe(reply, document()["operations"][command]["reply"]["messages"])
        return reply

    async def tell(self, frame: Frame) -> None:
        """Says it and waits for nothing."""
        believe(frame, _messages(frame["command"]))
        self.said.add(frame["command"])
        await self.send(frame)

    async def send(self, frame: Frame) -> None:
        """Says even what the document does not know."""
        data = self._form.encode(frame)
        await self._socket.send(data.decode() if self._form is msgspec.json else data)

    async def hear(self, command: str, **fields: Any) -> Frame:
        """The first frame with these fields that was not taken yet, whatever else comes."""
        fields |= {"command": command}
        async with asyncio.timeout(PATIENCE):
            while True:
                for frame in self._untaken:
                    if fields.items() <= frame.items():
                        self._untaken.remove(frame)
                        return frame
                await self._receive()

    async def _receive(self) -> None:
        frame = self._form.decode(await self._socket.recv())
        believe(frame, _messages("room-say"))
        self.heard.append(frame)
        self._untaken.append(frame)


FORMS = {"chat.v1.json": msgspec.json, "chat.v1.msgpack": msgspec.msgpack}


@pytest.fixture
def chat_with_pulse(start_chat):
    return start_chat(PARLEY_HEARTBEAT_SECONDS="0.5")


async def _write(anna: Tape, room: str) -> None:
    message = {"client_id": f"first-{room}", "body": "hello @ben", "reply_to": None}
    stored = (await anna.say("send-message", room=room, message=message))["result"]["message"]
    here = {"room": room, "seq": stored["seq"]}
    await anna.say("edit-message", **here, body="hello **ben**")
    await anna.say("add-reaction", **here, emoji="👍")
    await anna.say("remove-reaction", **here, emoji="👍")
    await anna.say("pin-message", **here)
    await anna.say("unpin-message", **here)
    await anna.say("mark-read", **here)
    await anna.hear("read")
    await anna.say("delete-message", **here, reason="a slip")


async def _follow(anna: Tape, room: str, epoch: str) -> None:
    await anna.say("subscribe", room=room, after=0, epoch=epoch, most=None)
    await anna.hear("live")
    await anna.say("subscribe", rooms=[{"room": room, "after": 0, "epoch": epoch, "most": 0}, {"room": "nowhere"}])
    await anna.hear("limited")
    await anna.say("subscribe", room=room, after=1, epoch="another")
    await anna.hear("reset")
    await anna.hear("presence")


async def _fail(anna: Tape, token: str) -> None:
    await anna.send({"command": "no-such", "id": "a"})
    await anna.hear("reply", id="a")
    await anna.tell({"command": "subscribe"})
    await anna.hear("error")
    assert (await anna.say("edit-message", room="nowhere", seq=1, body="x"))["error"]["code"] == "not_found"
    await anna.say("refresh", token=token)
    await anna.tell({"command": "refresh", "token": "wrong"})
    await anna.hear("disconnect")


@pytest.mark.parametrize("subprotocol", FORMS)
async def test_a_whole_session_is_as_the_document_says(chat_with_pulse, subprotocol):
    chat = chat_with_pulse
    room, url = await chat.room("anna", "ben"), f"{chat.server.ws_url}/ws/"
    async with connect(url, subprotocols=[subprotocol], proxy=None) as socket, await chat.connect("ben") as ben:
        anna = Tape(socket, FORMS[subprotocol])
        epoch = (await anna.hear("hello"))["epoch"]
        await anna.say("authenticate", token=chat.tokens["anna"])
        await _follow(anna, room, epoch)
        await ben.subscribe(room)
        await _write(anna, room)
        await ben.call("set-typing", room=room)
        await anna.hear("typing")
        await anna.say("set-typing", room=room)
        await anna.hear("ping")
        await anna.tell({"command": "pong"})
        await anna.say("ping")
        await anna.tell({"command": "ping"})
        await anna.hear("pong")
        async with chat.rest("ben") as rest:
            (await rest.post("direct-rooms", json={"people": ["anna"]})).raise_for_status()
        await anna.hear("rooms")
        await anna.say("unsubscribe", room=room)
        await _fail(anna, chat.tokens["anna"])
    assert anna.said == HEARD
    assert {frame["command"] for frame in anna.heard} == SAID


async def test_a_whole_stream_is_as_the_document_says(chat_with_pulse):
    chat = chat_with_pulse
    room = await chat.room("anna", "ben")
    query = set(_at("#/components/schemas/StreamQuery")["properties"])
    assert query == {"rooms", "epoch", "most"}
    heard = set()
    async with chat.rest("anna") as rest:
        epoch = (await rest.get(f"rooms/{room}/messages")).json()["epoch"]
        given = {"rooms": f"{room}:0,nowhere", "epoch": epoch, "most": "null"}
        url = chat.server.url + document()["channels"]["stream"]["address"]
        async with rest.stream("GET", url, params=given) as stream, asyncio.timeout(PATIENCE):
            async for command, frame in _events(stream):
                believe(frame, _messages("stream"))
                assert frame["command"] == command
                heard.add(command)
                if {"events", "live", "error", "ping"} <= heard:
                    break


async def _events(stream: httpx.Response):
    command = ""
    async for line in stream.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            command = value
        if field == "data":
            yield command, json.loads(value)


def test_a_frame_that_the_document_does_not_know_is_noticed():
    live = {"command": "live", "room": "harbour", "head": 1, "epoch": "e"}
    believe(live, _messages("say"))
    for wrong in ({**live, "surprise": 1}, {**live, "head": "1"}):
        with pytest.raises(ValidationError):
            believe(wrong, _messages("say"))
    with pytest.raises(AssertionError):
        believe({"command": "surprise"}, _messages("say"))

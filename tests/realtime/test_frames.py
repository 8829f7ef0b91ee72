"""Bad input at the socket: each frame gets its documented error, and the socket lives on."""

import asyncio
import json

import pytest

from tests.client import Refused

LONG = "x" * 8001
BIG = 10**30
SEND = {"command": "send-message", "room": "ROOM", "message": {"client_id": "c", "body": "b"}}


def sending(**fields):
    return SEND | {"message": SEND["message"] | fields}


MALFORMED = {
    "nothing": ("", None),
    "a space": (" ", None),
    "no JSON": ("{", None),
    "text": ("hello", None),
    "null": ("null", None),
    "a number": ("1e400", None),
    "a list": ("[]", None),
    "a frame in a list": ('[{"command": "ping", "id": 1}]', None),
    "two frames": ('{"command": "ping"}{"command": "ping"}', None),
    "single quotes": ("{'command': 'ping'}", None),
    "a trailing comma": ('{"command": "ping",}', None),
    "not a number": ('{"command": "mark-read", "room": "ROOM", "seq": NaN, "id": 1}', None),
    "a bare control character": ('{"command": "pi\x00ng", "id": 1}', None),
    "no command": ({"id": 1}, 1),
    "a command that is a number": ({"command": 1, "id": 1}, None),
    "a command that is null": ({"command": None, "id": 1}, None),
    "an id that is an object": ({"command": "ping", "id": {}}, None),
    "an id that is a float": ({"command": "ping", "id": 1.5}, None),
    "an id that is true": ({"command": "ping", "id": True}, None),
    "an id that is too long": ({"command": "ping", "id": "x" * 65}, None),
    "an id that is too large": ('{"command": "ping", "id": 99999999999999999999999}', None),
    "a missing field": ({"command": "mark-read", "room": "ROOM", "id": 1}, 1),
    "a missing message": ({"command": "send-message", "room": "ROOM", "id": 1}, 1),
    "a message that is text": (SEND | {"message": "hello"}, 1),
    "a body that is a number": (sending(body=1), 1),
    "a body that is null": (sending(body=None), 1),
    "a body that is a list": (sending(body=["b"]), 1),
    "a client_id that is a number": (sending(client_id=7), 1),
    "a room that is a number": (SEND | {"room": 1}, 1),
    "a room that is too long": (SEND | {"room": "x" * 65}, 1),
    "a seq that is text": ({"command": "mark-read", "room": "ROOM", "seq": "1"}, 1),
    "a seq that is a float": ({"command": "mark-read", "room": "ROOM", "seq": 1.5}, 1),
    "a seq that is negative": ({"command": "mark-read", "room": "ROOM", "seq": -1}, 1),
    "a seq that is enormous": ({"command": "mark-read", "room": "ROOM", "seq": BIG}, 1),
    "a seq that is true": ({"command": "mark-read", "room": "ROOM", "seq": True}, 1),
    "a cursor that is negative": ({"command": "subscribe", "room": "ROOM", "after": -1, "epoch": "x"}, 1),
    "a cursor that is enormous": ({"command": "subscribe", "room": "ROOM", "after": 2**53, "epoch": "x"}, 1),
    "an epoch that is a number": ({"command": "subscribe", "room": "ROOM", "after": 1, "epoch": 7}, 1),
    "a most that is negative": ({"command": "subscribe", "room": "ROOM", "after": 0, "most": -1}, 1),
    "rooms that are one": ({"command": "subscribe", "rooms": "ROOM"}, 1),
    "too many rooms": ({"command": "subscribe", "rooms": [{"room": "a"}] * 101}, 1),
    "a reply_to that is negative": (sending(reply_to=-1), 1),
    "a back that is a number": ({"command": "mark-read", "room": "ROOM", "seq": 1, "back": 1}, 1),
    "an escaped lone surrogate": ('{"command": "send-message", "room": "ROOM", "id": 1, "message": '
                                  '{"client_id": "c", "body": "\\ud800"}}', None),
    "deep nesting": ('{"command": "ping", "x": ' + "[" * 5000 + "]" * 5000 + "}", None),
}  # fmt: skip

REFUSED = {
    "an empty body": (sending(body=""), "invalid"),
    "a body of spaces": (sending(body=" \n\t "), "invalid"),
    "an invisible body": (sending(body="\u200b\u2060\ufeff"), "invalid"),
    "a huge body": (sending(body=LONG), "invalid"),
    "a body with NUL": (sending(body="a\x00b"), "invalid"),
    "a body with an escape": (sending(body="\x1b[31mred"), "invalid"),
    "a body with a noncharacter": (sending(body="a\uffffb"), "invalid"),
    "an empty client_id": (sending(client_id=""), "invalid"),
    "a client_id that is too long": (sending(client_id="x" * 65), "invalid"),
    "a client_id with NUL": (sending(client_id="a\x00"), "invalid"),
    "a client_id in another script": (sending(client_id="ключ"), "invalid"),
    "a reply to nothing": (sending(reply_to=99999), "invalid"),
    "a room that is not there": (SEND | {"room": "nowhere"}, "not_found"),
    "a room of no name": (SEND | {"room": ""}, "not_found"),
    "a room with NUL": (SEND | {"room": "a\x00b"}, "not_found"),
    "a room in Greek": (SEND | {"room": "αγορά"}, "not_found"),
    "a room in Arabic": (SEND | {"room": "غرفة"}, "not_found"),
    "a room in Chinese": (SEND | {"room": "房间"}, "not_found"),
    "a room of emoji": (SEND | {"room": "🏠"}, "not_found"),
    "a room with slashes": (SEND | {"room": "../admin/"}, "not_found"),
    "a room with a wildcard": (SEND | {"room": "%"}, "not_found"),
    "a room in capitals": (SEND | {"room": "ROOM".swapcase()}, "not_found"),
    "an edit of nothing": ({"command": "edit-message", "room": "ROOM", "seq": 99999, "body": "b"}, "not_found"),
    "a deletion of what is no message": ({"command": "delete-message", "room": "ROOM", "seq": 1}, "not_found"),
    "a reason of two lines": ({"command": "delete-message", "room": "ROOM", "seq": 2, "reason": "a\nb"}, "invalid"),
    "a reaction with a word": ({"command": "add-reaction", "room": "ROOM", "seq": 2, "emoji": "yes"}, "invalid"),
    "a reaction with two emoji": ({"command": "add-reaction", "room": "ROOM", "seq": 2, "emoji": "👍👎"}, "invalid"),
    "a reaction with a script": ({"command": "add-reaction", "room": "ROOM", "seq": 2, "emoji": "<b>"}, "invalid"),
    "a mark in a room that is not there": ({"command": "mark-read", "room": "nowhere", "seq": 1}, "not_found"),
    "a subscribe without a room": ({"command": "subscribe"}, "invalid"),
    "an unknown command": ({"command": "launch"}, "unknown_command"),
    "a command of the server": ({"command": "hello"}, "unknown_command"),
    "an empty command": ({"command": ""}, "invalid"),
    "a command in capitals": ({"command": "PING"}, "unknown_command"),
    "a second authentication": ({"command": "authenticate", "token": "x"}, "forbidden"),
}  # fmt: skip


@pytest.fixture
async def room(chat):
    """A room with one message, and ben's socket in it."""
    return await chat.room("anna", "ben")


@pytest.mark.parametrize("case", MALFORMED)
async def test_what_is_no_frame_is_invalid_and_the_socket_lives(chat, room, case):
    frame, number = MALFORMED[case]
    text = json.dumps({**frame, "id": frame.get("id", 1)}) if isinstance(frame, dict) else frame
    async with await chat.connect("ben") as ben:
        await ben.send(text.replace("ROOM", room))
        answer = await (ben.expect("error") if number is None else ben.expect("reply", id=number))
        assert answer["error"]["code"] == "invalid"
        assert answer["error"]["message"]
        await _lives(ben, room)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_frame_that_asks_the_impossible_gets_its_error_and_the_socket_lives(chat, room, case):
    frame, code = REFUSED[case]
    async with await chat.connect("ben") as ben:
        await ben.subscribe(room)
        text = json.dumps(frame).replace("ROOM", room)
        await ben.send(text)
        assert (await ben.expect("error"))["error"]["code"] == code
        await ben.send(json.dumps(json.loads(text) | {"id": "mine"}))
        assert (await ben.expect("reply", id="mine"))["error"]["code"] == code
        await _lives(ben, room)
        assert ben.logs[room].bodies == ["alive"]


async def test_what_is_no_utf_8_is_cut_off_by_the_websocket_itself(chat):
    ben = await chat.connect("ben")
    await ben.send_raw(b"\x81\x82\x00\x00\x00\x00\xc3\x28")
    assert await ben.lost() == 1006
    async with await chat.connect("ben") as again:
        await again.call("ping")


@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe\xfd", b'{"command": "ping"}'])
async def test_a_binary_frame_on_a_socket_of_texts_is_invalid(chat, data):
    async with await chat.connect("ben") as ben:
        await ben.send(data)
        assert (await ben.expect("error"))["error"]["code"] == "invalid"
        await ben.call("ping")


async def test_unknown_fields_are_ignored_and_ids_come_back_as_they_were(chat):
    async with await chat.connect("ben") as ben:
        for number in (0, -1, 2**63 - 1, "", "x" * 64, "ключ", "\x00"):
            await ben.send({"command": "ping", "id": number, "tomorrow": {"deep": [1]}})
            assert (await ben.expect("reply", id=number))["result"] == {}
        await ben.send({"command": "ping"})
        await ben.expect("pong")


async def test_without_an_id_only_errors_are_answered(chat, room):
    async with await chat.connect("ben") as ben:
        await ben.send({"command": "subscribe", "room": room})
        await ben.expect("live", room=room)
        await ben.send({"command": "subscribe", "rooms": [{"room": "nowhere"}]})
        refused = await ben.expect("error")
        assert (refused["error"]["code"], refused["room"]) == ("not_found", "nowhere")
        await ben.call("ping")
        assert not [frame for frame in ben.heard if frame["command"] == "reply"]


async def test_of_several_rooms_each_is_answered_for_itself(chat, room):
    async with await chat.connect("ben") as ben:
        wanted = [{"room": room}, {"room": "nowhere"}, {"room": room, "after": 3}, {"room": "房间"}]
        rooms = (await ben.call("subscribe", rooms=wanted))["rooms"]
        assert [each["room"] for each in rooms] == [each["room"] for each in wanted]
        assert [each.get("error", {}).get("code") for each in rooms] == [None, "not_found", "invalid", "not_found"]
        await ben.expect("live", room=room)


async def test_a_frame_over_64_kib_is_too_large_and_closes(chat, room):
    async with await chat.connect("ben") as ben:
        fits = json.dumps({"command": "ping", "id": 1, "x": ""})
        await ben.send(fits[:-2] + "x" * (64 * 1024 - len(fits)) + '"}')
        await ben.expect("reply", id=1)
        await ben.send(fits[:-2] + "x" * (64 * 1024 - len(fits) + 1) + '"}')
        assert (await ben.expect("error"))["error"]["code"] == "too_large"
        assert await ben.closed() == 4013


async def test_size_is_counted_in_bytes(chat):
    async with await chat.connect("ben") as ben:
        await ben.send('{"command": "ping", "x": "' + "房" * 22_000 + '"}')
        assert (await ben.expect("error"))["error"]["code"] == "too_large"
        assert await ben.closed() == 4013


async def test_a_frame_over_1_mib_is_cut_off_by_the_websocket_itself(chat):
    ben = await chat.connect("ben")
    await ben.send("x" * (1024 * 1024 + 1))
    assert await ben.lost() in (1006, 1009)
    async with await chat.connect("ben") as again:
        await again.call("ping")


async def test_the_tenth_fault_in_a_minute_closes(chat, room):
    async with await chat.connect("ben") as ben:
        for number in range(9):
            await ben.send({"command": "launch", "id": number} if number % 2 else "{")
            await ben.until(lambda number=number: sum("error" in frame for frame in ben.heard) == number + 1)
        await _lives(ben, room)
        await ben.send("{")
        assert await ben.closed() == 4001


async def test_refused_commands_are_no_faults(chat, room):
    async with await chat.connect("ben") as ben:
        for _ in range(20):
            with pytest.raises(Refused, match="not_found"):
                await ben.say("nowhere", "hello")
        await _lives(ben, room)


async def test_doubled_and_racing_sends_give_one_message(chat, room):
    async with await chat.connect("ben") as ben, await chat.connect("ben") as twin:
        log = await ben.subscribe(room)
        sends = [await each.begin_to_say(room, "once", "same") for each in [ben, twin] * 10]
        messages = await asyncio.gather(*sends)
        assert all(message == messages[0] for message in messages)
        with pytest.raises(Refused, match="conflict"):
            await ben.say(room, "another", "same")
        await _lives(ben, room)
        assert log.bodies == ["once", "alive"]


async def test_texts_of_every_script_come_back_as_they_were(chat, room):
    bodies = [
        "房间 🏠",
        "שלום",
        "e\u0301",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "a\tb\n\nc",
        "\U0010fffd",
        LONG[:-1],
    ]
    async with await chat.connect("ben") as ben:
        log = await ben.subscribe(room)
        for body in bodies:
            said = await ben.say(room, body)
            assert said["body"] == body
        await ben.reach(room, said["seq"])
        assert log.bodies == bodies
    assert [message["body"] for message in await chat.history(room)] == bodies


async def _lives(client, room):
    """The socket still does its work."""
    if room not in client.logs:
        await client.subscribe(room)
    said = await client.say(room, "alive")
    await client.reach(room, said["seq"])

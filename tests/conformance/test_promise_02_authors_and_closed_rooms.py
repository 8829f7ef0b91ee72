"""Promise 2: the author is who is signed in, whatever the frame says; a room one may not see is a room that is not."""

import random

import pytest

from tests.client import Refused

SECRET = "secret-plan"
FORGED = {"author": "anna", "author_id": 1, "actor": "anna", "user": {"username": "anna"}, "person": {"id": 1}}
COMMANDS = {
    "subscribe": {},
    "unsubscribe": {},
    "send-message": {"message": {"client_id": "c", "body": "b"}},
    "edit-message": {"seq": 2, "body": "b"},
    "delete-message": {"seq": 2},
    "add-reaction": {"seq": 2, "emoji": "👍"},
    "remove-reaction": {"seq": 2, "emoji": "👍"},
    "pin-message": {"seq": 2},
    "unpin-message": {"seq": 2},
    "mark-read": {"seq": 2},
    "set-typing": {},
}
REQUESTS = [
    ("GET", "", None),
    ("PATCH", "", {"title": "t"}),
    ("PUT", "/archive", None),
    ("DELETE", "/archive", None),
    ("GET", "/members", None),
    ("POST", "/members", {"username": "ben"}),
    ("PATCH", "/members/anna", {"role": "guest"}),
    ("DELETE", "/members/anna", None),
    ("PUT", "/membership", None),
    ("DELETE", "/membership", None),
    ("GET", "/read", None),
    ("PUT", "/read", {"seq": 1}),
    ("GET", "/reactions/mine", None),
    ("GET", "/messages", None),
    ("POST", "/messages", {"client_id": "c", "body": "b"}),
    ("GET", "/messages/2", None),
    ("PATCH", "/messages/2", {"body": "b"}),
    ("DELETE", "/messages/2", {"reason": ""}),
    ("PUT", "/messages/2/pin", None),
    ("DELETE", "/messages/2/pin", None),
    ("PUT", "/messages/2/reactions/👍", None),
    ("DELETE", "/messages/2/reactions/👍", None),
    ("GET", "/events", None),
    ("GET", "/events?after=1&epoch=x", None),
    ("GET", "/events?wait=1", None),
    ("GET", "/events?after=99999&epoch=x", None),
]


async def test_the_author_is_the_authenticated_person_on_socket_and_rest(any_chat):
    room = await any_chat.room("anna", "ben")
    async with await any_chat.connect("ben") as ben, any_chat.rest("ben") as rest:
        log = await ben.subscribe(room)
        forged = {"client_id": "ws", "body": "mine", **FORGED}
        said = (await ben.call("send-message", room=room, message=forged, **FORGED))["message"]
        posted = await rest.post(f"rooms/{room}/messages", json={"client_id": "post", "body": "mine", **FORGED})
        await ben.reach(room, posted.json()["seq"])
    for message in (said, posted.json(), *(event["message"] for event in log.events)):
        assert message["author"]["username"] == "ben"
    assert {event["actor"] for event in log.events} == {"ben"}
    assert {message["author"]["username"] for message in await any_chat.history(room)} == {"ben"}


async def test_nobody_changes_what_is_another_s(any_chat):
    room = await any_chat.room("anna", "ben", "cleo")
    async with await any_chat.connect("cleo") as cleo, await any_chat.connect("ben") as ben:
        seq = (await cleo.say(room, "cleo's"))["seq"]
        for command, fields in (("edit-message", {"body": "ben's"}), ("delete-message", {}), ("pin-message", {})):
            with pytest.raises(Refused, match="forbidden"):
                await ben.call(command, room=room, seq=seq, **fields, **FORGED)
    [message] = await any_chat.history(room)
    assert (message["body"], message["author"]["username"], message["deleted"]) == ("cleo's", "cleo", None)


@pytest.fixture
async def closed_rooms(any_chat):
    """Rooms that are closed to ben: one he never saw, one he was removed from, others' talk, one that is not there."""
    never, left = await any_chat.room("anna", kind="private"), await any_chat.room("anna", "ben", kind="private")
    async with any_chat.rest("anna") as anna:
        for room in (never, left):
            (await anna.post(f"rooms/{room}/messages", json={"client_id": "1", "body": SECRET})).raise_for_status()
        (await anna.delete(f"rooms/{left}/members/ben")).raise_for_status()
        talk = (await anna.post("direct-rooms", json={"people": ["cleo"]})).raise_for_status().json()["room"]
        body = {"client_id": str(random.random()), "body": SECRET}
        (await anna.post(f"rooms/{talk}/messages", json=body)).raise_for_status()
    return [never, left, talk, never[:-1] + "x"]


async def test_a_room_one_may_not_see_answers_every_request_as_one_that_is_not(any_chat, closed_rooms):
    async with any_chat.rest("ben") as rest:
        for method, path, body in REQUESTS:
            answers = [await rest.request(method, f"rooms/{room}{path}", json=body) for room in closed_rooms]
            seen = [_answer(answer) for answer in answers]
            assert seen == [seen[-1]] * 4, f"{method} {path}"
            assert answers[0].status_code == 404, f"{method} {path}: {seen[0]}"
            assert answers[0].json()["error"]["code"] == "not_found"
        streams = [_answer(await rest.get(f"events/stream?rooms={room}:0")) for room in closed_rooms]
        assert streams == [streams[-1]] * 4
        assert SECRET not in repr(streams)


async def test_a_room_one_may_not_see_answers_every_command_as_one_that_is_not(any_chat, closed_rooms):
    async with await any_chat.connect("ben") as ben:
        for command, fields in COMMANDS.items():
            seen = [await _said(ben, command, room, fields) for room in closed_rooms]
            assert seen == [seen[-1]] * 4, command
        refused = {command: await _said(ben, command, closed_rooms[0], f) for command, f in COMMANDS.items()}
        assert {command for command, said in refused.items() if "not_found" in said} == COMMANDS.keys() - {
            "unsubscribe",
            "set-typing",
        }
        for room in closed_rooms:
            with pytest.raises(Refused, match="not_found"):
                await ben.subscribe(room, after=0)
    for room in closed_rooms:
        async with await any_chat.connect("ben", f"/ws/rooms/{room}/?after=0") as ben:
            await ben.call("ping")
            assert [(frame["command"], frame["error"]["code"]) for frame in ben.heard] == [("error", "not_found")]


async def test_a_room_one_may_not_see_answers_its_page_as_one_that_is_not(any_chat, closed_rooms):
    async with any_chat.browser("ben") as browser:
        pages = [await browser.get(f"{any_chat.server.url}/rooms/{room}/") for room in closed_rooms]
    assert [page.status_code for page in pages] == [404] * 4
    assert len({_stripped(page.text, room) for page, room in zip(pages, closed_rooms, strict=True)}) == 1
    assert SECRET not in "".join(page.text for page in pages)


async def test_a_room_one_may_not_see_is_in_no_list(any_chat, closed_rooms):
    async with await any_chat.connect("ben") as ben, any_chat.rest("ben") as rest, any_chat.browser("ben") as browser:
        pages = [f"{any_chat.server.url}/{page}" for page in ("", "browse/")]
        answers = [await rest.get("rooms"), *[await browser.get(page, follow_redirects=True) for page in pages]]
        listed = [answer.raise_for_status().text for answer in answers]
        assert not [room for room in closed_rooms if room in repr(ben.hello) + "".join(listed)]
        assert SECRET not in "".join(listed)


async def _said(client, command, room, fields):
    """What a client is told, without the names of rooms."""
    try:
        result = await client.call(command, room=room, **fields)
    except Refused as refused:
        result = refused.error
    return _stripped(repr(result), room)


def _answer(answer):
    """All of an answer; of headers the names, because workers name their directives in different orders."""
    return answer.status_code, answer.content, sorted(answer.headers)


def _stripped(text, room):
    return text.replace(room, "ROOM")

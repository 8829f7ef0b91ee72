"""Promise 16: whose credentials end, and who is removed from a room, is told nothing more and writes nothing more.

Done on one worker while the person hangs on the others, by every transport; with Redis, and without it.
"""

import asyncio
import contextlib
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from tests.client import Refused, connect
from tests.conformance.load import writing
from tests.conformance.sizes import report
from tests.inhabited import LEAVER, OUTCAST, PASSWORD
from tests.stream import stream

WAIT = 30
AT_ONCE = 20
"""Seconds; a long poll that nobody ends early waits longer."""


class Victim:
    """Somebody who talks and listens by a socket, listens by a stream, and waits for news of a quiet room."""

    def __init__(self, places, name, headers, act, *, told=(4014, 401, "unauthenticated")):
        self.places, self.name, self._headers, self._act, self.told = places, name, headers, act, told
        self.rooms = []
        self.poll = None

    async def settle(self, stack, rooms):
        """Comes in on three workers, all but the one where it will be ended."""
        _, by_socket, by_stream, by_poll = self.places
        self.rooms = rooms
        talks, quiet = rooms
        url = f"{by_socket.server.ws_url}/ws/"
        self.socket = await stack.enter_async_context(await connect(url, headers=self._headers))
        rest = await stack.enter_async_context(by_stream.http(headers=self._headers))
        self.stream = await stack.enter_async_context(stream(rest, dict.fromkeys(rooms)))
        for each in rooms:
            await self.socket.subscribe(each)
            await self.stream.expect("live", room=each)
        poller = await stack.enter_async_context(by_poll.http(headers=self._headers))
        query = {"after": self.socket.logs[quiet].cursor, "epoch": self.socket.epoch, "wait": WAIT}
        before = await _waiting_polls(by_poll)
        self.poll = asyncio.create_task(poller.get(f"rooms/{quiet}/events", params=query))
        async with asyncio.timeout(WAIT - 5):
            while await _waiting_polls(by_poll) == before:
                assert not self.poll.done()
        await self.socket.say(talks, "I am here")
        self._talking = asyncio.create_task(self._talk(talks))

    async def end(self):
        """Does what ends it."""
        (await self._act()).raise_for_status()

    async def silenced(self):
        """Waits until its sends are refused."""
        await self._talking

    async def _talk(self, room):
        with contextlib.suppress(Refused, ConnectionClosed):
            while True:
                await self.socket.say(room, "I am still here")


async def _waiting_polls(chat):
    async with chat.http() as http:
        lines = (await http.get(f"{chat.server.own_url}/metrics")).text.splitlines()
    return next((line for line in lines if line.startswith('parley_connections{transport="poll"}')), "")


def _places(chat):
    """Four places to be at: four workers, or four times the one there is."""
    places = chat.places()
    return places if len(places) > 1 else places * 4


async def _signing_out(chat, stack):
    here = _places(chat)[0]
    browser = await stack.enter_async_context(here.browser("cleo"))
    cookie = {"Cookie": f"sessionid={browser.cookies['sessionid']}"}
    return Victim(_places(chat), "cleo", cookie, lambda: browser.delete("session"))


async def _revoking_the_token(chat, stack):
    browser = await stack.enter_async_context(_places(chat)[0].browser("dora"))
    made = (await browser.post("tokens", json={"name": "lost"})).raise_for_status().json()
    return Victim(_places(chat), "dora", _bearer(made["token"]), lambda: browser.delete(f"tokens/{made['id']}"))


async def _deactivating(chat, stack):
    async with chat.rest(LEAVER) as rest:
        number = (await rest.get("session")).raise_for_status().json()["person"]["id"]
    browser = await stack.enter_async_context(_places(chat)[0].browser("anna"))
    page = f"{browser.base_url.copy_with(path='/')}admin/auth/user/{number}/delete/"

    async def act():
        answer = await browser.post(page, data={"post": "yes"}, follow_redirects=True)
        assert "Deactivated: zoe." in answer.text
        return answer

    return Victim(_places(chat), LEAVER, _bearer(chat.tokens[LEAVER]), act)


async def _changing_the_password(chat, stack):
    here = _places(chat)[0]
    lost, browser = [await stack.enter_async_context(here.browser("gwen")) for _ in range(2)]
    page = f"{browser.base_url.copy_with(path='/')}settings/security/password/"

    async def act():
        for old, new in ((PASSWORD, "another-berth-8"), ("another-berth-8", PASSWORD)):
            fields = {"oldpassword": old, "password1": new, "password2": new}
            answer = await browser.post(page, data=fields)
            assert answer.status_code == 302, answer.text
            browser.headers["x-csrftoken"] = browser.cookies["csrftoken"]
        return await browser.get("session")

    return Victim(_places(chat), "gwen", {"Cookie": f"sessionid={lost.cookies['sessionid']}"}, act)


async def _banning(chat, stack):
    browser = await stack.enter_async_context(_places(chat)[0].browser("anna"))
    told = (4010, 403, "banned")
    bearer = _bearer(chat.tokens[OUTCAST])
    return Victim(_places(chat), OUTCAST, bearer, lambda: _impose(browser, OUTCAST, "ban"), told=told)


async def _impose(admin, name, kind, room=""):
    """Mutes or bans somebody in the admin, without an end."""
    page = f"{admin.base_url.copy_with(path='/')}admin"
    keys = {}
    for field, term in {"person": name, "room": room}.items():
        query = {"app_label": "chat", "model_name": "sanction", "field_name": field, "term": term}
        found = (await admin.get(f"{page}/autocomplete/", params=query)).raise_for_status().json()["results"]
        keys[field] = found[0]["id"] if term else ""
    fields = {**keys, "kind": kind, "reason": "harassment"}
    answer = await admin.post(f"{page}/chat/sanction/add/", data=fields, follow_redirects=True)
    assert "was added successfully" in answer.text
    return answer


def _bearer(token):
    return {"Authorization": f"Bearer {token}"}


ENDS = [_signing_out, _changing_the_password, _revoking_the_token, _deactivating, _banning]


@pytest.fixture(params=["chat", "chat_by_hints"])
def place(request):
    return request.getfixturevalue(request.param)


async def _rooms(chat, name):
    return [await chat.room("anna", name), await chat.room("anna", name)]


async def _is_gone(victim):
    """All of it has ended, each in its way; with its credentials there is no other."""
    close_code, status, error = victim.told
    assert await victim.socket.closed() == close_code
    assert await victim.stream.ended() == close_code
    answer = await asyncio.wait_for(victim.poll, AT_ONCE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, error)
    await victim.silenced()
    for place in victim.places:
        async with place.http(headers=victim._headers) as http:
            body = {"client_id": "later", "body": "back"}
            assert (await http.post(f"rooms/{victim.rooms[0]}/messages", json=body)).status_code == 401
            assert (await http.get(f"rooms/{victim.rooms[0]}/events")).status_code == 401
        async with await connect(f"{place.server.ws_url}/ws/", headers=victim._headers) as again:
            assert await again.closed() == 4002


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
async def test_whose_credentials_end_is_gone_from_every_transport(place, end):
    async with AsyncExitStack() as stack:
        victim = await end(place, stack)
        rooms = await _rooms(place, victim.name)
        witness = await stack.enter_async_context(await place.connect("ben"))
        await victim.settle(stack, rooms)
        with report(f"{end.__name__.strip('_')}, until all transports had ended") as measured:
            await victim.end()
            head = (await witness.subscribe(rooms[0])).cursor
            await _is_gone(victim)
        measured("gone")
        theirs = [each["seq"] for each in await place.history(rooms[0]) if each["author"]["username"] == victim.name]
        assert theirs, "nothing was shown: the victim never spoke"
        assert max(theirs) <= head, "something of theirs was written after it"
        await witness.call("ping")


async def test_other_sessions_and_tokens_of_the_person_stay(place):
    async with AsyncExitStack() as stack:
        victim = await _signing_out(place, stack)
        room, other = await _rooms(place, victim.name)
        await victim.settle(stack, [room, other])
        async with await place.connect(victim.name) as device, place.stream(victim.name, {room: None}) as stays:
            await device.subscribe(room)
            await stays.expect("live", room=room)
            await victim.end()
            assert await victim.socket.closed() == 4014
            said = await device.say(room, "from another device")
            await stays.reach(room, said["seq"])
        await _is_gone(victim)


async def test_who_is_removed_from_a_room_is_shown_nothing_behind_it_and_writes_nothing_behind_it(place):
    rooms = [await place.room("anna", "ben", "emil", kind="private") for _ in range(2)]
    elsewhere = await place.room("anna", "ben")
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(place.rest("anna"))
        victim = Victim(_places(place), "ben", _bearer(place.tokens["ben"]), lambda: anna.delete("session"))
        witnesses = [await stack.enter_async_context(await each.connect("emil")) for each in _places(place)[1:3]]
        for witness in witnesses:
            await witness.subscribe(rooms[0])
        await victim.settle(stack, rooms)
        await victim.socket.subscribe(elsewhere)
        async with writing(place, rooms[0], "anna") as load:
            await load.reaches(5)
            for room in reversed(rooms):
                (await anna.delete(f"rooms/{room}/members/ben")).raise_for_status()
            await load.reaches(len(load.said) + 20)
        assert await _last_shown(victim) in ([], ["member.left"])
        await victim.silenced()
        for witness in witnesses:
            await witness.reach(rooms[0], max(load.said))
        [removal] = [event["seq"] for event in witness.logs[rooms[0]].events if event["kind"] == "member.left"]
        said = await victim.socket.say(elsewhere, "still here")
        await victim.socket.reach(elsewhere, said["seq"])
        assert victim.socket.logs[rooms[0]].cursor <= removal
        assert victim.stream.logs[rooms[0]].cursor <= removal
        history = await place.history(rooms[0])
        assert {each["author"]["username"] for each in history if each["seq"] > removal} == {"anna"}
        assert "ben" in {each["author"]["username"] for each in history}
        for act in (victim.socket.subscribe(rooms[0], after=0), victim.socket.say(rooms[0], "let me in")):
            with pytest.raises(Refused, match="not_found"):
                await act


async def test_who_is_banned_from_an_open_room_is_shown_nothing_behind_it_and_writes_nothing_behind_it(place):
    rooms = [await place.room("anna"), await place.room("anna")]
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(_places(place)[0].browser("anna"))
        victim = Victim(_places(place), "gwen", _bearer(place.tokens["gwen"]), None)
        witness = await stack.enter_async_context(await _places(place)[1].connect("emil"))
        await witness.subscribe(rooms[0])
        await victim.settle(stack, rooms)
        async with writing(place, rooms[0], "anna") as load:
            await load.reaches(5)
            for room in reversed(rooms):
                await _impose(admin, "gwen", "ban", room)
            await load.reaches(len(load.said) + 20)
        assert await _last_shown(victim) in ([], ["member.left"])
        await victim.silenced()
        await witness.reach(rooms[0], max(load.said))
        [ban] = [event["seq"] for event in witness.logs[rooms[0]].events if event["kind"] == "member.left"]
        await victim.socket.call("ping")
        assert victim.socket.logs[rooms[0]].cursor <= ban
        assert victim.stream.logs[rooms[0]].cursor <= ban
        assert all(each["seq"] < ban for each in await place.history(rooms[0]) if each["author"]["username"] == "gwen")
        for act in (victim.socket.subscribe(rooms[0], after=0), victim.socket.say(rooms[0], "let me in")):
            with pytest.raises(Refused, match="banned"):
                await act


async def test_who_is_banned_while_they_send_from_four_workers_writes_nothing_behind_it(place):
    room = await place.room("anna")
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(_places(place)[0].browser("anna"))
        witness = await stack.enter_async_context(await _places(place)[1].connect("emil"))
        await witness.subscribe(room)
        sockets = [await stack.enter_async_context(await each.connect("faye")) for each in _places(place)]
        said = [(await socket.say(room, "first of mine"))["seq"] for socket in sockets]
        senders = [asyncio.create_task(_say_until_refused(socket, room)) for socket in sockets]
        await witness.reach(room, max(said) + 20)
        await _impose(admin, "faye", "ban", room)
        assert {await sender for sender in senders} == {"banned"}
        await witness.until(lambda: _left(witness, room))
        [ban] = _left(witness, room)
        theirs = [each["seq"] for each in await place.history(room) if each["author"]["username"] == "faye"]
        assert max(theirs) < ban


async def _say_until_refused(socket, room):
    with pytest.raises(Refused) as refused:
        while True:
            await socket.say(room, "and one more")
    return refused.value.code


def _left(client, room):
    return [event["seq"] for event in client.logs[room].events if event["kind"] == "member.left"]


async def test_who_is_muted_is_refused_every_writing_frame_and_their_typing_is_told_nobody(place):
    room = await place.room("anna", "hugo", "ben")
    first, second, *_ = _places(place)
    async with first.browser("anna") as admin, await first.connect("hugo") as hugo, await second.connect("ben") as ben:
        await hugo.subscribe(room)
        await ben.subscribe(room)
        seq = (await hugo.say(room, "before"))["seq"]
        await _impose(admin, "hugo", "mute", room)
        message = {"client_id": "later", "body": "after"}
        emoji, body = {"emoji": "👍"}, {"body": "other"}
        frames = {"edit-message": body, "add-reaction": emoji, "remove-reaction": emoji, "pin-message": {},
                  "unpin-message": {}}  # fmt: skip
        for command, fields in frames.items():
            with pytest.raises(Refused, match="muted"):
                await hugo.call(command, room=room, seq=seq, **fields)
        with pytest.raises(Refused, match="muted"):
            await hugo.call("send-message", room=room, message=message)
        await hugo.call("set-typing", room=room)
        async with await first.connect("anna") as anna:
            await anna.subscribe(room)
            await anna.call("set-typing", room=room)
            assert (await ben.expect("typing", room=room))["person"]["username"] == "anna"
        await hugo.call("delete-message", room=room, seq=seq)


async def _last_shown(victim):
    """The kinds of what a long poll was answered with at once; nothing where it was refused already."""
    answer = await asyncio.wait_for(victim.poll, AT_ONCE)
    if answer.status_code == 404:
        return []
    return [event["kind"] for event in answer.raise_for_status().json()["events"]]


async def test_with_redis_away_they_end_by_the_position_check(start_fleet, own_redis):
    chat = start_fleet(redis=own_redis)
    async with AsyncExitStack() as stack:
        victims = [await end(chat, stack) for end in ENDS]
        for victim in victims:
            await victim.settle(stack, await _rooms(chat, victim.name))
        private = await chat.room("anna", "ben", kind="private")
        ben = await stack.enter_async_context(await chat.places()[1].connect("ben"))
        shown = await ben.subscribe(private)
        own_redis.kill()
        with report("without Redis, until all had ended") as measured:
            await asyncio.gather(*(victim.end() for victim in victims))
            await asyncio.gather(*(_is_gone(victim) for victim in victims))
        measured(f"{len(victims)} people are gone")
        async with chat.places()[0].rest("anna") as anna:
            (await anna.delete(f"rooms/{private}/members/ben")).raise_for_status()
            removal = (await anna.get(f"rooms/{private}")).json()["head"]
            await anna.post(f"rooms/{private}/messages", json={"client_id": "1", "body": "behind his back"})
        await ben.expect("rooms")
        assert shown.cursor <= removal
        with pytest.raises(Refused, match="not_found"):
            await ben.say(private, "let me in")

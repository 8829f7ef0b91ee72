"""A socket from its first to its last frame: who may open it, what it says and hears, and how it ends."""

import asyncio
import os
import signal
import sys

import pytest
from websockets.exceptions import InvalidStatus

from tests.client import Refused, connect
from tests.inhabited import CLOSED
from tests.servers.chat import ChatServer
from tests.servers.program import free_port, listens

SOON = 10.0


# --- opening ---------------------------------------------------------------------------------------------------------


async def test_hello_is_the_first_frame_and_tells_all_a_client_needs(chat):
    room = await chat.room("anna", "ben")
    async with await chat.connect("anna") as anna:
        await anna.say(room, "hello @ben")
    async with await chat.connect("ben") as ben:
        hello = ben.hello
        assert (hello["protocol"], hello["person"]["username"]) == ("chat.v1", "ben")
        [mine] = [each for each in hello["rooms"] if each["room"] == room]
        assert (mine["head"], mine["unread"], mine["mentions"], mine["role"]) == (3, 1, 1, "member")
        assert hello["limits"]["body"] == 8000
        assert hello["limits"]["frame_bytes"] == 65_536
        assert hello["heartbeat_interval_ms"] == 25_000
        assert {"epoch", "connection_id", "server_time"} <= hello.keys()


@pytest.mark.parametrize("offered", [(), ("chat.v1.json",), ("chat.v2.json",), ("chat.v2.json", "chat.v1.json")])
async def test_json_is_spoken_when_it_is_offered_and_when_nothing_known_is(chat, offered):
    chosen = "chat.v1.json" if "chat.v1.json" in offered else None
    async with await chat.connect("ben", subprotocols=offered, chosen=chosen) as ben:
        await ben.call("ping")


async def test_without_credentials_nothing_but_ping_is_answered_and_after_5_s_it_closes(chat):
    async with await connect(f"{chat.server.ws_url}/ws/") as nobody:
        assert nobody.hello["person"] is None
        assert nobody.hello["rooms"] == []
        await nobody.call("ping")
        for command, fields in (("subscribe", {"room": "general"}), ("mark-read", {"room": "general", "seq": 1})):
            with pytest.raises(Refused, match="unauthenticated"):
                await nobody.call(command, **fields)
        with pytest.raises(Refused, match="unauthenticated"):
            await nobody.say("general", "hello")
        with pytest.raises(Refused, match="invalid"):
            await nobody.call("authenticate", token="")
        assert await nobody.closed() == 4002


async def test_authenticate_signs_in_by_token_once(chat):
    room = await chat.room("ben")
    async with await connect(f"{chat.server.ws_url}/ws/rooms/{room}/", follows={room: 1}) as ben:
        signed_in = await ben.call("authenticate", token=chat.tokens["ben"])
        assert signed_in["person"]["username"] == "ben"
        assert room in [each["room"] for each in signed_in["rooms"]]
        await ben.expect("live", room=room)
        with pytest.raises(Refused, match="forbidden"):
            await ben.call("authenticate", token=chat.tokens["anna"])
        assert (await ben.say(room, "still me"))["author"]["username"] == "ben"


@pytest.mark.parametrize("token", ["wrong", "parley_" + "x" * 43, "a\x00b", "токен", "x" * 10_000])
async def test_wrong_credentials_close(chat, token):
    async with await connect(f"{chat.server.ws_url}/ws/") as nobody:
        with pytest.raises(Refused, match="unauthenticated"):
            await nobody.call("authenticate", token=token)
        assert await nobody.closed() == 4002


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic YW5uYTphbm5h", "\xff\xfe"])
async def test_wrong_credentials_of_the_handshake_close_behind_hello(chat, header):
    async with await connect(f"{chat.server.ws_url}/ws/", headers={"Authorization": header}) as nobody:
        assert nobody.hello["person"] is None
        assert await nobody.closed() == 4002


async def test_a_session_of_another_installation_closes(chat):
    async with await connect(f"{chat.server.ws_url}/ws/", headers={"Cookie": "sessionid=abc"}) as nobody:
        assert await nobody.closed() == 4002


@pytest.mark.parametrize("own", [True, False])
async def test_a_cookie_opens_a_socket_only_from_our_own_page(chat, own):
    foreign = ["https://evil.example", "null", chat.server.url.replace("1:", "1.evil.example:")]
    origins = [None, chat.server.url] if own else foreign
    async with chat.browser("cleo") as browser:
        for origin in origins:
            async with await _socket_of(chat, browser, origin=origin) as cleo:
                if own:
                    assert cleo.hello["person"]["username"] == "cleo"
                else:
                    assert cleo.hello["person"] is None
                    assert await cleo.closed() == 4003


async def test_a_token_needs_no_origin_of_ours(chat):
    async with await chat.connect("ben", origin="https://elsewhere.example") as ben:
        assert ben.hello["person"]["username"] == "ben"


async def test_the_room_of_the_address_is_followed_from_its_cursor(chat):
    room = await chat.room("ben")
    async with await chat.connect("ben") as ben:
        for number in range(3):
            await ben.say(room, str(number))
        cursor = f"?after=2&epoch={ben.epoch}"
    async with await chat.connect("ben", f"/ws/rooms/{room}/{cursor}", follows={room: 2}) as ben:
        await ben.expect("live", room=room, head=4)
        assert ben.logs[room].bodies == ["1", "2"]
    async with await chat.connect("ben", f"/ws/rooms/{room}/?after=2&epoch=another", follows={room: 2}) as ben:
        assert (await ben.expect("reset", room=room))["reason"] == "epoch"


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=%D9%A1", "after=99999999999999999999", "after=3"])
async def test_a_cursor_that_is_none_is_invalid_in_the_address_too(chat, query):
    room = await chat.room("ben")
    async with await chat.connect("ben", f"/ws/rooms/{room}/?{query}") as ben:
        assert (await ben.expect("error"))["error"]["code"] == "invalid"
        await ben.call("ping")


@pytest.mark.parametrize("slug", ["房间", "αγορά", "%00", "A", "a%20b", "-", "x" * 65, "%25"])
async def test_any_other_name_in_the_address_is_a_room_that_is_not(chat, slug):
    async with await chat.connect("ben", f"/ws/rooms/{slug}/") as ben:
        assert (await ben.expect("error"))["error"]["code"] == "not_found"
        await ben.call("ping")


@pytest.mark.parametrize("path", ["/ws", "/ws/rooms/", "/ws/rooms/a/b/", "/ws/rooms/a%2Fb/", "/elsewhere/", "/"])
async def test_any_other_address_is_refused_before_there_is_a_socket(chat, path):
    with pytest.raises(InvalidStatus) as refused:
        await chat.connect("ben", path)
    assert refused.value.response.status_code in (403, 404)


# --- living ----------------------------------------------------------------------------------------------------------


async def test_every_command_on_a_message_is_an_event_and_one_that_changes_nothing_is_none(chat):
    room = await chat.room("ben", "anna")
    async with await chat.connect("ben") as ben, await chat.connect("anna") as anna:
        log = await anna.subscribe(room)
        seq = (await ben.say(room, "first"))["seq"]
        for command, fields in (
            ("edit-message", {"body": "second"}),
            ("add-reaction", {"emoji": "👍"}),
            ("remove-reaction", {"emoji": "👍"}),
            ("pin-message", {}),
            ("unpin-message", {}),
            ("delete-message", {}),
        ):
            message = (await ben.call(command, room=room, seq=seq, **fields))["message"]
            again = (await ben.call(command, room=room, seq=seq, **fields))["message"] if "pin" not in command else None
            assert again in (None, message)
        await anna.reach(room, message["version"])
        await ben.say(room, "behind")
        await anna.reach(room, message["version"] + 1)
    assert [event["kind"] for event in log.events] == [
        "message.created", "message.edited", "reaction.added", "reaction.removed",
        "message.pinned", "message.unpinned", "message.deleted", "message.created",
    ]  # fmt: skip
    assert log.events[-2]["message"]["body"] == ""


async def test_after_unsubscribe_nothing_of_the_room_comes(chat):
    room = await chat.room("anna", "ben")
    async with await chat.connect("ben") as ben, await chat.connect("anna") as anna:
        await ben.subscribe(room)
        await anna.subscribe(room)
        await ben.call("unsubscribe", room=room)
        await ben.call("unsubscribe", room=room)
        said = await anna.say(room, "hello")
        await anna.reach(room, said["seq"])
        await ben.call("ping")
        assert ben.logs[room].events == []


async def test_read_marks_move_forward_and_are_told_to_one_s_other_devices(chat):
    room = await chat.room("anna", "ben")
    async with await chat.connect("ben") as desk, await chat.connect("ben") as phone, chat.rest("ben") as rest:
        for number in range(3):
            head = (await desk.say(room, str(number)))["seq"]
        await desk.subscribe(room)
        await desk.call("mark-read", room=room, seq=2**53 - 1)
        assert (await phone.expect("read", room=room))["seq"] == head
        await phone.call("mark-read", room=room, seq=2, back=True)
        assert (await desk.expect("read", room=room, seq=2))["seq"] == 2
        assert (await rest.get(f"rooms/{room}/read")).json()["seq"] == 2


async def test_typing_reaches_the_others_once_in_a_while_and_is_no_event(chat):
    room = await chat.room("anna", "ben", "cleo")
    async with await chat.connect("ben") as ben, await chat.connect("anna") as anna, await chat.connect("cleo") as cleo:
        for client in (ben, anna):
            await client.subscribe(room)
        await ben.call("set-typing", room=room)
        await ben.call("set-typing", room=room)
        assert (await anna.expect("typing", room=room))["person"]["username"] == "ben"
        await ben.say(room, "typed")
        for client in (ben, anna, cleo):
            await client.call("ping")
            assert not [frame for frame in client.heard if frame["command"] == "typing"]


async def test_presence_tells_who_comes(chat):
    room = await chat.room("anna", "ben")
    async with await chat.connect("anna") as anna:
        await anna.subscribe(room)
        async with await chat.connect("ben") as ben:
            await ben.subscribe(room)
            await anna.until(lambda: _present(anna, room) == ["anna", "ben"])


async def test_a_new_room_is_told_to_the_devices_of_its_people(chat):
    async with await chat.connect("ben") as ben:
        await chat.room("anna", "ben")
        await ben.expect("rooms")


async def test_a_token_can_do_only_what_its_scopes_say(chat):
    room = await chat.room("anna", "ben")
    async with await chat.connect("ben") as ben:
        seq = (await ben.say(room, "ben's"))["seq"]
    async with await _scoped(chat, "anna", "read") as reader:
        await reader.subscribe(room)
        for command, fields in (("set-typing", {}), ("mark-read", {"seq": 1}), ("delete-message", {"seq": seq})):
            with pytest.raises(Refused, match="forbidden"):
                await reader.call(command, room=room, **fields)
        with pytest.raises(Refused, match="forbidden"):
            await reader.say(room, "hello")
    async with await _scoped(chat, "anna", "write") as writer:
        with pytest.raises(Refused, match="forbidden"):
            await writer.subscribe(room)
        with pytest.raises(Refused, match="forbidden"):
            await writer.call("delete-message", room=room, seq=seq)
        own = await writer.say(room, "mine")
        await writer.call("delete-message", room=room, seq=own["seq"])
    async with await _scoped(chat, "anna", "write", "moderate") as moderator:
        assert (await moderator.call("delete-message", room=room, seq=seq))["message"]["deleted"]["by"] == "moderator"


# --- ending ----------------------------------------------------------------------------------------------------------


async def test_signing_out_closes_the_sockets_of_that_session_and_no_others(any_chat):
    async with any_chat.browser("dora") as browser, any_chat.browser("dora") as elsewhere:
        sockets = [await _socket_of(any_chat, browser) for _ in range(3)]
        other, token = await _socket_of(any_chat, elsewhere), await any_chat.connect("dora")
        cookie = _cookie(browser)
        (await browser.delete("session")).raise_for_status()
        assert [await socket.closed(seconds=SOON) for socket in sockets] == [4014] * 3
        async with other, token:
            await other.call("ping")
            await token.call("ping")
        async with await connect(f"{any_chat.server.ws_url}/ws/", headers=cookie) as again:
            assert await again.closed() == 4002


async def test_revoking_a_token_closes_its_sockets_and_no_others(any_chat):
    async with any_chat.browser("emil") as browser:
        made = (await browser.post("tokens", json={"name": "one"})).json()
        revoked = await connect(f"{any_chat.server.ws_url}/ws/", token=made["token"])
        async with await any_chat.connect("emil") as other:
            (await browser.delete(f"tokens/{made['id']}")).raise_for_status()
            assert await revoked.closed(seconds=SOON) == 4014
            await other.call("ping")
    async with await connect(f"{any_chat.server.ws_url}/ws/", token=made["token"]) as again:
        assert await again.closed() == 4002


async def test_deactivation_in_another_process_closes_every_socket_of_the_person(any_chat):
    """A command knows no worker: the position check finds what was revoked."""
    async with any_chat.browser(CLOSED) as browser, await any_chat.connect("gwen") as other:
        sockets = [await any_chat.connect(CLOSED), await _socket_of(any_chat, browser)]
        await asyncio.to_thread(_deactivate, any_chat, CLOSED)
        assert [await socket.closed() for socket in sockets] == [4014] * 2
        await other.call("ping")
        async with await any_chat.connect(CLOSED) as again:
            assert await again.closed() == 4002


async def test_who_is_removed_from_a_private_room_gets_nothing_behind_their_removal(any_chat):
    room = await any_chat.room("anna", "ben", "cleo", kind="private")
    async with await any_chat.connect("ben") as ben, await any_chat.connect("cleo") as cleo:
        removed, other = await ben.subscribe(room), await cleo.subscribe(room)
        async with any_chat.rest("anna") as anna:
            leaving = asyncio.create_task(anna.delete(f"rooms/{room}/members/ben"))
            for number in range(20):
                said = await cleo.say(room, str(number))
            (await leaving).raise_for_status()
        await cleo.reach(room, said["seq"])
        [removal] = [event["seq"] for event in other.events if event["kind"] == "member.left"]
        await ben.expect("rooms")
        await ben.call("ping")
        assert removed.cursor <= removal
        with pytest.raises(Refused, match="not_found"):
            await ben.subscribe(room, after=0)
        with pytest.raises(Refused, match="not_found"):
            await ben.say(room, "let me in")


async def test_heartbeats_come_behind_hello_and_a_restart_says_come_back(start_chat):
    chat = start_chat(PARLEY_HEARTBEAT_SECONDS="0.05")
    room = await chat.room("ben")
    for _ in range(20):
        async with await chat.connect("anna") as anna:
            await anna.expect("ping", heads={})
    async with await chat.connect("ben") as ben:
        await ben.subscribe(room)
        said = await ben.say(room, "hello")
        await ben.expect("ping", heads={room: said["seq"]})
        chat.server.signal(signal.SIGTERM)
        assert await ben.closed() == 4101
    assert await asyncio.to_thread(chat.server.wait) == 0


class PlainDaphne(ChatServer):
    """Daphne without our entry point."""

    def command(self):
        self.port = self.port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        return [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "config.asgi:application"]

    def answers(self):
        return listens(self.port)


async def test_plain_daphne_serves_the_same_socket(start_chat):
    chat = start_chat(kind=PlainDaphne, PYTHONPATH=os.getcwd())
    room = await chat.room("anna", "ben")
    async with await chat.connect("anna") as anna, await chat.connect("ben") as ben:
        logs = [await client.subscribe(room) for client in (anna, ben)]
        messages = await asyncio.gather(*[await each.begin_to_say(room, "hello") for each in [anna, ben] * 20])
        for client in (anna, ben):
            await client.reach(room, max(message["seq"] for message in messages))
        assert logs[0].events == logs[1].events
        await ben.send("{")
        assert (await ben.expect("error"))["error"]["code"] == "invalid"
        await ben.send("x" * 70_000)
        assert await ben.closed() == 4013
    chat.server.signal(signal.SIGTERM)
    chat.server.wait()


async def _socket_of(chat, browser, origin=None, **options):
    """A socket that a page of this browser opens."""
    return await connect(f"{chat.server.ws_url}/ws/", headers=_cookie(browser), origin=origin, **options)


def _cookie(browser):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


async def _scoped(chat, name, *scopes):
    async with chat.browser(name) as browser:
        made = (await browser.post("tokens", json={"name": "scoped", "scopes": scopes})).json()
    return await connect(f"{chat.server.ws_url}/ws/", token=made["token"])


def _deactivate(chat, name):
    chat.server.manage(
        "shell", "--no-imports", "--command",
        "from django.contrib.auth.models import User; from chat.services import accounts; find = User.objects.get; "
        f"accounts.deactivate(actor=find(username='anna'), person=find(username={name!r}))",
    )  # fmt: skip


def _present(client, room):
    """Who is here, as this client was told last."""
    frames = [frame for frame in client.heard if frame["command"] == "presence" and frame["room"] == room]
    return [person["username"] for person in frames[-1]["people"]] if frames else []

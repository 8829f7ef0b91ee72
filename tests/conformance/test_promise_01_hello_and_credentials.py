"""Promise 1: `hello` is first; who shows no valid credentials is closed; a ticket works once, for 30 s, and is in no
log; a foreign page gets nothing by somebody's cookie."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.client import Refused, connect
from tests.conformance.sizes import PROVE, report

AGE = "from chat.models import Ticket; Ticket.objects.update(expires_at='2000-01-01T00:00:00Z')"


async def _ticket(chat, name, **headers):
    async with chat.rest(name) as rest:
        answer = await rest.post("tickets", headers=headers)
    assert answer.status_code == 201
    return answer.json()["ticket"]


async def _knock(chat, path="/ws/", **options):
    """A socket with whatever credentials the options show."""
    return await connect(chat.server.ws_url + path, **options)


async def test_hello_is_the_first_frame(any_chat):
    room = await any_chat.room("anna", "ben")
    with report("the first frame of a new socket") as measured:
        ben = await any_chat.connect("ben")
    measured("hello")
    async with ben:
        hello = ben.hello
        assert (hello["protocol"], hello["person"]["username"]) == ("chat.v1", "ben")
        assert room in {each["room"] for each in hello["rooms"]}
        assert {"head", "read", "unread", "mentions"} <= hello["rooms"][0].keys()
        assert hello["limits"]["frame_bytes"] == 64 * 1024
        assert hello["limits"]["body"] == 8000
        assert hello["heartbeat_interval_ms"] > 0
        assert abs(datetime.fromisoformat(hello["server_time"]) - datetime.now(UTC)) < timedelta(minutes=1)
        assert (await ben.call("subscribe", room=room))["rooms"][0]["head"] >= 2


async def test_who_does_not_authenticate_is_closed_and_told_nothing_before(chat_of_four):
    room = await chat_of_four.room("anna")
    with report("without credentials") as measured:
        async with await _knock(chat_of_four) as nobody:
            assert (nobody.hello["person"], nobody.hello["rooms"]) == (None, [])
            await nobody.call("ping")
            for command, fields in (("subscribe", {"room": room}), ("set-typing", {"room": room})):
                with pytest.raises(Refused, match="unauthenticated"):
                    await nobody.call(command, **fields)
            assert await nobody.closed() == 4002
    measured("closed")


@pytest.mark.parametrize("options", [{"token": "parley_wrong"}, {"path": "/ws/?ticket=wrong"}], ids=["token", "ticket"])
async def test_wrong_credentials_of_the_handshake_close(chat_of_four, options):
    async with await _knock(chat_of_four, **options) as nobody:
        assert nobody.hello["person"] is None
        assert await nobody.closed() == 4002


@pytest.mark.parametrize("claim", [{"token": "parley_wrong"}, {"ticket": "wrong"}], ids=["token", "ticket"])
async def test_wrong_credentials_of_the_first_frame_close(chat_of_four, claim):
    async with await _knock(chat_of_four) as nobody:
        with pytest.raises(Refused, match="unauthenticated"):
            await nobody.call("authenticate", **claim)
        assert await nobody.closed() == 4002


async def test_a_ticket_works_once_on_any_worker(any_chat):
    room = await any_chat.room("ben")
    ticket = await _ticket(any_chat, "ben")
    async with await _knock(any_chat) as ben:
        result = await ben.call("authenticate", ticket=ticket)
        assert result["person"]["username"] == "ben"
        assert room in {each["room"] for each in result["rooms"]}
        assert (await ben.say(room, "here"))["author"]["username"] == "ben"
    async with await _knock(any_chat, f"/ws/?ticket={ticket}") as again:
        assert await again.closed() == 4002
    async with await _knock(any_chat, f"/ws/rooms/{room}/?ticket={await _ticket(any_chat, 'ben')}") as ben:
        assert ben.hello["person"]["username"] == "ben"
        await ben.expect("live", room=room)


async def test_of_many_uses_of_a_ticket_at_once_one_gets_in(chat_of_four):
    ticket = await _ticket(chat_of_four, "ben")
    sockets = await asyncio.gather(*(_knock(chat_of_four) for _ in range(12)))
    answers = await asyncio.gather(
        *(socket.call("authenticate", ticket=ticket) for socket in sockets), return_exceptions=True
    )
    codes = [answer.code if isinstance(answer, Refused) else answer["person"]["username"] for answer in answers]
    assert sorted(codes) == ["ben", *["unauthenticated"] * 11]
    await asyncio.gather(*(socket.close() for socket in sockets))


async def test_a_ticket_works_for_half_a_minute(start_chat):
    chat = start_chat()
    ticket = await _ticket(chat, "ben")
    if PROVE:
        await asyncio.sleep(31)
    else:
        await asyncio.to_thread(chat.server.manage, "shell", "--no-imports", "--command", AGE)
    async with await _knock(chat, f"/ws/?ticket={ticket}") as late:
        assert await late.closed() == 4002


async def test_the_socket_of_a_ticket_has_the_rights_and_the_end_of_what_asked_for_it(chat_of_four):
    room = await chat_of_four.room("anna", "dora")
    end = datetime.now(UTC) + timedelta(seconds=4)
    async with chat_of_four.browser("dora") as browser:
        token = {"name": "reader", "scopes": ["read"], "expires_at": end.isoformat()}
        plain = (await browser.post("tokens", json=token)).raise_for_status().json()["token"]
        ticket = await _ticket(chat_of_four, "dora", authorization=f"Bearer {plain}")
    async with await _knock(chat_of_four, f"/ws/?ticket={ticket}") as dora:
        await dora.subscribe(room)
        with pytest.raises(Refused, match="forbidden"):
            await dora.say(room, "may I?")
        assert await dora.closed() == 4201


async def test_a_ticket_and_a_token_appear_in_no_log(start_chat):
    chat = start_chat(PARLEY_LOG_LEVEL="DEBUG")
    tickets = [await _ticket(chat, "ben") for _ in range(4)]
    async with await _knock(chat, f"/ws/?ticket={tickets[0]}") as ben:
        assert ben.hello["person"]["username"] == "ben"
    async with await _knock(chat) as ben:
        await ben.call("authenticate", ticket=tickets[1])
    for path in (f"/ws/?ticket={tickets[1]}", f"/ws/nowhere/?ticket={tickets[2]}", f"/nowhere?ticket={tickets[3]}"):
        async with chat.http() as http:
            await http.get(chat.server.url + path)
    async with await _knock(chat, f"/ws/?ticket={tickets[0]}") as again:
        assert await again.closed() == 4002
    said = chat.server.log.read_text()
    assert "disconnected" in said, "the log says nothing at all"
    assert not [secret for secret in (*tickets, *chat.tokens.values()) if secret in said]


async def test_a_foreign_page_gets_nothing_by_somebody_s_cookie(chat_of_four):
    room = await chat_of_four.room("cleo")
    async with chat_of_four.browser("cleo") as browser:
        cookie = {"Cookie": f"sessionid={browser.cookies['sessionid']}"}
        alike = chat_of_four.server.url.replace("1:", "1.evil.example:")
        for foreign in ("https://evil.example", "null", alike):
            headers = {"origin": foreign}
            async with await _knock(chat_of_four, headers=cookie | headers) as nobody:
                assert (nobody.hello["person"], nobody.hello["rooms"]) == (None, [])
                assert await nobody.closed() == 4003
            for path in (f"rooms/{room}/events", f"rooms/{room}/events?wait=5", f"events/stream?rooms={room}"):
                answer = await browser.get(path, headers=headers)
                assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
            assert (await browser.post("tickets", headers={"origin": foreign})).status_code == 403
        own = {"origin": chat_of_four.server.url}
        async with await _knock(chat_of_four, headers=cookie | own) as cleo:
            assert cleo.hello["person"]["username"] == "cleo"
        assert (await browser.get(f"rooms/{room}/events", headers=own)).status_code == 200
    async with await chat_of_four.connect("cleo", headers={"origin": "https://evil.example"}) as program:
        assert program.hello["person"]["username"] == "cleo", "a token is no cookie"

"""Promise 18: every close by the server is preceded by `disconnect`, and its code is in the table of the protocol.

That of slow clients is provoked in promise 14, that of the banned in promise 16.
"""

import asyncio
import contextlib
import json
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import ConnectionClosed

from tests.client import connect
from tests.conformance.sizes import size
from tests.conformance.slow import slow

PAGE = Path(__file__).parents[2] / "docs" / "protocol.md"
TABLE = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE.read_text(), re.MULTILINE)}
NARROW = {
    "PARLEY_CONNECTS_BURST": "60",
    "PARLEY_CONNECTS_PER_SECOND": "0.001",
    "PARLEY_FRAMES_BURST": "20",
    "PARLEY_FRAMES_PER_SECOND": "0.001",
    "PARLEY_HEARTBEAT_SECONDS": "1",
    "PARLEY_SEND_BURST": "20",
    "PARLEY_SEND_PER_SECOND": "0.001",
    "PARLEY_SOCKETS_PER_PERSON": "3",
}


async def _more_than_the_protocol_knows(chat, stack):
    ben = await chat.connect("ben")
    for _ in range(10):
        await ben.send("{")
    return ben


async def _wrong_credentials(chat, stack):
    return await connect(f"{chat.server.ws_url}/ws/", token="parley_wrong")


async def _a_foreign_page(chat, stack):
    async with chat.browser("cleo") as browser:
        headers = {"cookie": f"sessionid={browser.cookies['sessionid']}", "origin": "https://evil.example"}
        return await connect(f"{chat.server.ws_url}/ws/", headers=headers)


async def _a_frame_too_large(chat, stack):
    ben = await chat.connect("ben")
    await ben.send("x" * 65_537)
    return ben


async def _signed_out(chat, stack):
    async with chat.browser("cleo") as browser:
        cleo = await connect(
            f"{chat.server.ws_url}/ws/", headers={"cookie": f"sessionid={browser.cookies['sessionid']}"}
        )
        (await browser.delete("session")).raise_for_status()
    return cleo


async def _too_many_frames(chat, stack):
    ben = await chat.connect("ben")
    with contextlib.suppress(ConnectionClosed):
        for _ in range(60):
            await ben.send({"command": "ping"})
    return ben


async def _too_many_sockets(chat, stack):
    for _ in range(3):
        await stack.enter_async_context(await chat.connect("dora"))
    return await chat.connect("dora")


async def _expired(chat, stack):
    async with chat.browser("emil") as browser:
        for seconds in (2, 10, 30):
            end = datetime.now(UTC) + timedelta(seconds=seconds)
            token = (await browser.post("tokens", json={"name": "short", "expires_at": end.isoformat()})).json()[
                "token"
            ]
            emil = await connect(f"{chat.server.ws_url}/ws/", token=token)
            if emil.hello["person"]:
                return emil
            await emil.closed()
    raise AssertionError("the machine is too busy")


CAUSES = {
    4001: _more_than_the_protocol_knows,
    4002: _wrong_credentials,
    4003: _a_foreign_page,
    4013: _a_frame_too_large,
    4014: _signed_out,
    4103: _too_many_frames,
    4105: _too_many_sockets,
    4201: _expired,
}


@pytest.mark.parametrize("start", ["start_chat", "start_fleet"], ids=["one worker on SQLite", "four on PostgreSQL"])
async def test_every_close_is_said_before_and_is_in_the_table(request, start):
    """`closed` looks that `disconnect` was the last word and said the code of the close."""
    first = request.getfixturevalue(start)(**NARROW).places()[0]
    for code, cause in CAUSES.items():
        async with AsyncExitStack() as stack:
            client = await cause(first, stack)
            assert await client.closed() == code, cause.__name__
    async with first.stream("gwen", {await first.room("gwen"): None}) as stream, await first.connect("hugo") as hugo:
        assert await _one_connect_too_many(first) == [("disconnect", 4100)]
        counted = {int(code) for code in await _closes(first)}
        assert counted >= {*CAUSES, 4100}
        assert counted <= TABLE | {1006}
        stopping = asyncio.create_task(asyncio.to_thread(first.server.stop))
        assert (await hugo.closed(), await stream.ended()) == (4101, 4101)
        assert await stopping == 0


async def _one_connect_too_many(chat):
    """What the first socket is told that the worker does not take, all of it."""
    headers = {"Authorization": f"Bearer {chat.tokens['anna']}"}
    while True:
        url = f"{chat.server.ws_url}/ws/"
        async with connect_socket(url, additional_headers=headers, proxy=None) as socket:
            frames = [json.loads(await socket.recv())]
            if frames[0]["command"] == "hello":
                continue
            with contextlib.suppress(ConnectionClosed):
                frames.append(json.loads(await socket.recv()))
            assert socket.close_code == frames[-1]["code"]
            assert frames[-1]["retry_after_ms"] > 0
            return [(frame["command"], frame["code"]) for frame in frames]


async def _closes(chat):
    """The codes that the worker has counted."""
    async with chat.http() as http:
        text = (await http.get(f"{chat.server.own_url}/metrics")).text
    return re.findall(r'^parley_closes_total\{code="(\d+)"\} [1-9]', text, re.MULTILINE)


async def test_a_peer_that_answers_no_ping_is_dropped_without_a_word(start_chat):
    chat = start_chat(PARLEY_PING_SECONDS=str(size(3, 25)))
    async with await chat.connect("anna") as anna, slow(chat, "ben") as ben:
        ben.answering = False
        await ben.read_to_the_end()
        assert (ben.code, ben.disconnects) == (1006, [])
        await anna.call("ping")


BROKEN = {
    "a text that is no UTF-8": b"\x81\x82\x00\x00\x00\x00\xc3\x28",
    "reserved bits": b"\xf1\x80\x00\x00\x00\x00",
    "an opcode that does not exist": b"\x8b\x80\x00\x00\x00\x00",
    "a frame without a mask": b"\x81\x02hi",
    "a long control frame": b"\x89\xfe\x00\x7e\x00\x00\x00\x00" + b"x" * 126,
    "a frame of more than 1 MiB": b"\x81\xff" + (1024 * 1024 + 1).to_bytes(8) + b"\x00\x00\x00\x00",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_breaks_the_websocket_itself_is_dropped_without_a_word(chat_of_four, what):
    """Such as by no client that a library made; everybody else there goes on."""
    async with await chat_of_four.places()[0].connect("anna") as anna:
        ben = await chat_of_four.places()[0].connect("ben")
        await ben.send_raw(BROKEN[what])
        assert await ben.lost() == 1006
        assert not [frame for frame in ben.heard if frame["command"] == "disconnect"]
        await anna.call("ping")

"""A server in use, from outside: what it writes into its log, what it takes, and whom a new key signs out."""

import asyncio
import contextlib
import secrets

import httpx

from tests.client import connect
from tests.inhabited import PASSWORD
from tests.patience import PATIENCE

WORDS = "a-word-that-nobody-may-log"
LARGEST = 100_000


async def test_the_log_holds_no_words_no_names_and_no_credentials(start_chat):
    chat = start_chat(PARLEY_LOG_LEVEL="DEBUG", PARLEY_PASSWORDS_PER_NAME="3/day")
    room = await chat.room("anna", "ben")
    async with chat.browser("ben") as ben, chat.rest("anna") as anna:
        ticket = (await ben.post("tickets")).json()["ticket"]
        socket = await chat.connect("anna")
        log = await socket.subscribe(room)
        await ben.post(f"rooms/{room}/messages", json={"client_id": "one", "body": WORDS})
        await socket.until(lambda: log.events)
        await anna.delete(f"rooms/{room}/members/ben")
        await anna.patch(f"rooms/{room}/members/hugo", json={"role": "guest"})
        await ben.get(f"people?q={WORDS}")
        await anna.get(f"{WORDS}%0Aa-line-of-their-own")
        await socket.close()
        wrong = [await ben.post("session", json={"username": "gwen", "password": WORDS}) for _ in range(4)]
        assert wrong[-1].status_code == 429
        session = ben.cookies["sessionid"]
    chat.server.stop()
    said = chat.server.log.read_text()
    assert "committed" in said, "the test needs a log that says something"
    held = [*chat.tokens.values(), ticket, session, WORDS, PASSWORD, "gwen", "hugo", "@ben", "/members/ben"]
    assert [secret for secret in held if secret in said] == []
    assert "\na-line-of-their-own" not in said


async def test_a_new_key_signs_nobody_out_while_the_former_one_falls_back(start_chat):
    first, second = secrets.token_hex(32), secrets.token_hex(32)
    chat = start_chat(SECRET_KEY=first)
    server = chat.server
    async with chat.browser("ben") as ben:
        server.stop()
        server.variables |= {"SECRET_KEY": second, "SECRET_KEY_FALLBACKS": first}
        server.start()
        cookie = {"cookie": f"sessionid={ben.cookies['sessionid']}"}
        assert await _person_behind(server.ws_url, cookie) == "ben"
        assert (await ben.get("session")).json()["person"]["username"] == "ben"
        token = {"authorization": f"Bearer {chat.tokens['anna']}"}
        assert (await ben.get("session", headers=token)).json()["person"]["username"] == "anna"
        server.stop()
        server.variables["SECRET_KEY_FALLBACKS"] = ""
        server.start()
        assert (await ben.get("session")).json()["person"]["username"] == "ben", "the session was signed anew"


async def _person_behind(url: str, headers: dict[str, str]) -> str | None:
    socket = await connect(f"{url}/ws/", headers=headers)
    person = socket.hello["person"]
    await socket.close()
    return person and person["username"]


async def test_a_body_over_the_limit_is_refused_before_it_is_kept(start_chat):
    chat = start_chat(PARLEY_BODY_BYTES=str(LARGEST))
    async with chat.http() as client:
        assert (await client.post("session", content=b"x" * (LARGEST + 1))).status_code == 413
        assert (await client.post("session", content=b"x" * LARGEST)).status_code != 413

    async def endless():
        while True:
            yield b"x" * 10_000
            await asyncio.sleep(0)

    async with chat.http() as client:
        with contextlib.suppress(httpx.TransportError):  # The answer may be lost to who goes on writing.
            assert (await client.post("session", content=endless())).status_code == 413
        assert (await client.get("session")).status_code == 200


async def test_no_client_says_which_path_the_chat_lies_under(chat):
    for claimed in (b"/elsewhere", b"\xff"):
        forged = {b"daphne-root-path": claimed}
        async with httpx.AsyncClient(base_url=chat.server.url, timeout=PATIENCE) as stranger:
            answer = await stranger.get("/sign-in/", headers=forged)
        assert (answer.status_code, "/elsewhere" in answer.text) == (200, False)
        forged_socket = {"daphne-root-path": claimed.decode("latin1")}
        async with await connect(f"{chat.server.ws_url}/ws/", token=chat.tokens["anna"], headers=forged_socket) as anna:
            assert anna.hello["person"]["username"] == "anna"

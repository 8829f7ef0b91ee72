"""Attacks that no other file shows to fail."""

import ast
import logging
from pathlib import Path

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import DisallowedHost
from django.test import Client
from websockets.asyncio.client import connect as connect_socket

from chat.queries import people, rooms
from config.logs import configure
from tests.api.caller import PASSWORD, credentials, visitor
from tests.servers.chat import PROJECT
from tests.world import administrator

CLIENTS = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "smtplib", "urllib.request", "urllib3"}


def test_a_session_planted_before_sign_in_is_not_the_one_after(ben):
    browser = Client()
    browser.get("/sign-in/")
    session = browser.session
    session["planted"] = True
    session.save()
    planted = browser.cookies["sessionid"].value
    assert browser.post("/sign-in/", {"login": "ben", "password": PASSWORD}).status_code == 302
    assert browser.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/settings/").status_code == 302


def test_an_unknown_name_costs_as_many_hashes_as_a_wrong_password(ben, monkeypatch):
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for name in ("ben", "nobody"):
        hashed.clear()
        answer = visitor().post("session", credentials(name, "wrong"))
        costs.append((len(hashed), answer.status, answer.raw))
    assert costs[0] == costs[1]
    assert costs[0][0] == 1
    assert PASSWORD not in hashed


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/sign-up/", "/new/", "/settings/", "/settings/tokens/", "/admin/chat/room/add/"]
)
def test_no_form_is_taken_without_its_csrf_token(cast, path):
    chief = Client(enforce_csrf_checks=True)
    chief.force_login(administrator())
    for forged in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        assert chief.post(path, forged).status_code == 403


@pytest.mark.parametrize("text", ["' OR '1'='1", "%", "_", '"; DROP TABLE chat_room; --', "\\", "a' UNION SELECT 1--"])
def test_what_is_searched_for_is_text_and_no_query(cast, text):
    assert people.find(cast.anna, text=text) == []
    assert rooms.open_rooms(cast.anna, text=text) == []
    desk = Client()
    desk.force_login(administrator())
    for table in ("chat/room", "chat/message", "chat/apitoken", "auth/user"):
        assert desk.get(f"/admin/{table}/", {"q": text}).status_code == 200


def test_the_server_asks_nothing_of_other_servers():
    """No text of anybody's can make it, as long as it has nothing to ask with; commands ask what is typed there."""
    found = {
        (path.name, name)
        for folder in ("chat", "config")
        for path in (PROJECT / folder).rglob("*.py")
        if "management" not in path.parts
        for name in _imported(path) & CLIENTS
    }
    assert found == set()


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("style", ["json", "pretty"])
def test_nobody_begins_a_line_of_the_log(style):
    formatter = configure(style, "INFO")["formatters"]["line"]
    render = formatter["()"](processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"])
    record = logging.LogRecord("x", logging.WARNING, "", 0, "bad %s", ("name\n2030 forged\x1b[2J\u2028end",), None)
    line = render.format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_fault_of_the_database_tells_the_log_no_values():
    formatter = configure("json", "INFO")["formatters"]["line"]
    render = formatter["()"](processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"])
    said = "violates check\nDETAIL:  Failing row contains (1, some private\nwords)."
    try:
        raise ValueError(said)
    except ValueError as error:
        info = (ValueError, error, error.__traceback__)
    line = render.format(logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), info))
    assert "violates check" in line
    assert "private" not in line
    assert "words" not in line


def test_a_foreign_host_is_told_to_the_log_without_where_it_was_noticed():
    logging_config = configure("json", "INFO")
    (short,) = logging_config["loggers"]["django.security.DisallowedHost"]["filters"]
    try:
        raise DisallowedHost("evil.example.org")
    except DisallowedHost as error:
        info = (DisallowedHost, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "Invalid host", (), info)
    assert logging_config["filters"][short]["()"]().filter(record)
    assert logging.Formatter().format(record) == "Invalid host"


async def test_a_socket_takes_nothing_compressed(chat):
    """A small frame cannot become a large one."""
    token = chat.tokens["anna"]
    headers = {"authorization": f"Bearer {token}"}
    async with connect_socket(f"{chat.server.ws_url}/ws/", additional_headers=headers, compression="deflate") as socket:
        assert socket.response.headers.get("sec-websocket-extensions") is None


async def test_a_compressed_body_is_not_unpacked(chat):
    async with chat.rest("anna") as anna:
        answer = await anna.post("rooms", content=b"\x1f\x8b" + b"\0" * 50, headers={"content-encoding": "gzip"})
    assert answer.status_code in (400, 415)

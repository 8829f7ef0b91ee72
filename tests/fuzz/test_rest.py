"""What no document leads to: odd addresses, headers and bodies, byte by byte. Each gets the answer that is documented.

Only what is no HTTP at all is refused by the HTTP server itself, with 400 and no body.
"""

import gzip
import json
import socket
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.wire.client import FRAME_BYTES
from tests.api.caller import Answer, check
from tests.conformance.sizes import size
from tests.fuzz.conftest import ROOM, unmoved
from tests.inhabited import Chat

PATIENCE = 30.0
FUZZ = settings(max_examples=size(60, 3000), deadline=None, derandomize=True, database=None)
JSON = "Content-Type: application/json"
MESSAGES = f"/api/v1/rooms/{ROOM}/messages"
NO_HTTP = 400


class Wire:
    """Requests as they stand, of ben's, one a connection."""

    def __init__(self, chat: Chat) -> None:
        self._port = chat.server.port
        self._bearer = f"Authorization: Bearer {chat.tokens['ben']}"

    def ask(self, method: str, path: str, *headers: str, body: bytes = b"", bearer: bool = True) -> tuple[int, bytes]:
        """Status and body of the answer, which the document must know if it is ours."""
        lines = [f"{method} {path} HTTP/1.0", "Host: localhost", *headers, *([self._bearer] if bearer else [])]
        if body and not any(each.lower().startswith(("content-length", "transfer-encoding")) for each in headers):
            lines.append(f"Content-Length: {len(body)}")
        head, _, raw = self._exchange("\r\n".join([*lines, "", ""]).encode("latin1") + body).partition(b"\r\n\r\n")
        status, *named = head.decode("latin1").split("\r\n")
        code = int(status.split()[1])
        assert code < 500, f"{method} {path}: {status} {raw[:500]!r}"
        if code != NO_HTTP or raw:
            found = {name.lower(): value for name, _, value in (line.partition(": ") for line in named)}
            check(method, path.partition("?")[0], Answer(code, json.loads(raw) if raw else None, raw, found))
        return code, raw

    def code(self, *request: Any, **options: Any) -> str:
        """The error's code in the answer."""
        code: str = json.loads(self.ask(*request, **options)[1])["error"]["code"]
        return code

    def _exchange(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(2**16), b""))


@pytest.fixture
def wire(fuzzed: Chat):
    with unmoved(fuzzed.server):
        yield Wire(fuzzed)


SCRIPTS = [
    "Ünïcode",
    "房间",
    "комната",
    "غرفة",
    "🛶",
    "a/b",
    "../tokens",
    "a\0b",
    "%",
    "%2F",
    "a b",
    "\ud7ff",
    "a\u202eb",
]
PLACES = ["", "/messages", "/events", "/members", "/read", "/reactions/mine", "/messages/1"]


@pytest.mark.parametrize("slug", SCRIPTS)
def test_a_name_that_no_room_can_have_is_a_room_that_does_not_exist(wire: Wire, slug: str):
    for place in PLACES:
        assert wire.code("GET", f"/api/v1/rooms/{quote(slug, safe='')}{place}") == "not_found"


BOUNDS = [
    "-1",
    "9007199254740992",
    str(2**63),
    str(2**64),
    "9" * 400,
    "9" * 5000,
    "0x1",
    "٣",
    "%00",
    "%FF",
]
BOUNDED = [
    f"{MESSAGES}?before=", f"{MESSAGES}?after=", f"{MESSAGES}?around=", f"{MESSAGES}?limit=",
    f"/api/v1/rooms/{ROOM}/events?epoch=e&after=", f"/api/v1/rooms/{ROOM}/events?wait=",
    f"/api/v1/rooms/{ROOM}/reactions/mine?before=", f"/api/v1/events/stream?rooms={ROOM}:",
]  # fmt: skip


@pytest.mark.parametrize("bound", BOUNDS, ids=range(len(BOUNDS)))
def test_a_bound_that_is_no_seq_is_invalid(wire: Wire, bound: str):
    for address in BOUNDED:
        assert wire.code("GET", address + quote(bound, safe="%")) == "invalid", address


def test_a_seq_that_cannot_be_in_a_path_is_refused(wire: Wire):
    for seq in ["9" * 30, "9" * 5000, "-1", "٣", "%00", "1.0"]:
        for method, place in [("GET", ""), ("DELETE", ""), ("PUT", "/pin"), ("PUT", "/reactions/%F0%9F%91%8D")]:
            code = wire.code(method, f"{MESSAGES}/{quote(seq, safe='%')}{place}")
            assert code in ("invalid", "not_found"), (method, seq)


def test_an_emoji_that_is_none_is_invalid(wire: Wire):
    for emoji in ["%00", "%FF", "x", "%ED%A0%80", quote("👍" * 50), "%20", quote("\u202e")]:
        for method in ("PUT", "DELETE"):
            assert wire.code(method, f"{MESSAGES}/3/reactions/{emoji}") == "invalid", (method, emoji)


BODIES = {
    "nothing but brackets": b"[" * 60_000,
    "deep objects": b'{"client_id":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
    "deep and ignored": b'{"client_id":"c","body":"b","x":' + b"[" * 25_000 + b"]" * 25_000 + b"}",
    "NaN": b'{"client_id":"c","body":"b","reply_to":NaN}',
    "an endless number": b'{"client_id":"c","body":"b","reply_to":' + b"9" * 5000 + b"}",
    "NUL": b'{"client_id":"c","body":"a\\u0000b"}',
    "NUL in the name": b'{"client_id":"c\\u0000","body":"b"}',
    "a lone surrogate": b'{"client_id":"c","body":"\\ud800"}',
    "not UTF-8": b'{"client_id":"c","body":"\xff"}',
    "UTF-16": '{"client_id":"c","body":"b"}'.encode("utf-16"),
    "two values": b'{"client_id":"c","body":"b"}{}',
    "a list": b'["c", "b"]',
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_message_is_invalid(wire: Wire, case: str):
    assert wire.code("POST", MESSAGES, JSON, body=BODIES[case]) == "invalid"


def test_of_two_fields_of_one_name_the_last_counts(wire: Wire):
    status, raw = wire.ask(
        "POST", MESSAGES, JSON, body=b'{"client_id":"a","body":"first","client_id":"b","body":"last"}'
    )
    assert (status, json.loads(raw)["client_id"], json.loads(raw)["body"]) == (201, "b", "last")


def test_a_body_of_more_than_64_kib_is_too_large(wire: Wire):
    for length in (FRAME_BYTES + 1, 4_000_000):
        assert wire.code("POST", MESSAGES, JSON, body=b" " * length) == "too_large"


def test_a_compressed_body_is_invalid(wire: Wire):
    body = gzip.compress(b'{"client_id":"c","body":"b"}')
    assert wire.code("POST", MESSAGES, JSON, "Content-Encoding: gzip", body=body) == "invalid"


def test_another_type_than_json_is_not_taken(wire: Wire):
    body = b'{"client_id":"c","body":"b"}'
    for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "/", "json", "\xff"]:
        assert wire.ask("POST", MESSAGES, f"Content-Type: {kind}", body=body)[0] == 415, kind
    assert wire.ask("POST", MESSAGES, body=body)[0] == 415


HEADERS = {
    "an origin that is no address": ("Cookie: sessionid=aaaaaaaaaaaa", "Origin: http://["),
    "a cookie of any bytes": ("Cookie: sessionid=aaaaaaaa\xff\xfe; \xff=\xff",),
    "a wrong scheme": ("Authorization: Basic \xff",),
    "a token of any bytes": ("Authorization: Bearer \xff\xfe",),
    "an id of any bytes": ("Last-Event-ID: \xff;;a:::,",),
    "no language": ("Accept-Language: ;;;q=\xff", "Accept: ;;;"),
}
QUIET = ["/api/v1/people", f"/api/v1/rooms/{ROOM}/events", f"/api/v1/events/stream?rooms={ROOM}", MESSAGES]


@pytest.mark.parametrize("case", HEADERS)
def test_odd_headers_of_nobody_are_refused(wire: Wire, case: str):
    for path in QUIET:
        code = wire.code("GET", path, *HEADERS[case], bearer=False)
        assert code in ("unauthenticated", "forbidden", "invalid"), (path, code)


def test_a_socket_is_refused_or_opened_whatever_its_headers_say(wire: Wire, fuzzed: Chat):
    upgrade = (
        "GET /ws/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    )
    for odd in [
        "Sec-WebSocket-Protocol: \xff, chat.v1.json",
        "Cookie: sessionid=\xff\xfe",
        "Authorization: Bearer \xff",
    ]:
        with socket.create_connection(("127.0.0.1", fuzzed.server.port), timeout=PATIENCE) as connection:
            connection.sendall(f"{upgrade}{odd}\r\n\r\n".encode("latin1"))
            assert connection.recv(2**16).startswith(b"HTTP/1.1 101"), odd


def test_any_query_and_any_body_get_a_documented_answer(wire: Wire):
    names = st.sampled_from(["before", "after", "around", "reply_to", "limit", "q", "scope", "epoch", "wait", "most"])
    values = st.text(max_size=6) | st.integers().map(str)
    queries = st.lists(st.tuples(names, values), max_size=3)
    paths = st.sampled_from([MESSAGES, f"/api/v1/rooms/{ROOM}/members", "/api/v1/rooms", "/api/v1/people"])

    @FUZZ
    @given(paths, queries, st.binary(max_size=64))
    def fuzz(path: str, query: list[tuple[str, str]], body: bytes) -> None:
        written = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
        wire.ask("GET", f"{path}?{written}")
        wire.ask("POST", path if path != "/api/v1/people" else MESSAGES, JSON, body=body)

    fuzz()

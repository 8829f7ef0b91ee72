"""What `manage.py doctor` looks at from outside, as a browser would: the proxy, and a WebSocket through it."""

import base64
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import SplitResult

from chat.management.doctor import ANSWER_SECONDS, Finding

TEXT_FRAME = 0x81
SHORT, LONG = 126, 127
PAGE = "/sign-in/"


def look_at_proxy(url: SplitResult) -> Iterator[Finding]:
    """Whether the chat is reached, learns how its clients came, and believes the proxy alone."""
    answer = _ask(url, "/livez")
    if answer.status != 200:
        yield Finding("proxy", f"/livez answers {answer.status}", "let the proxy pass on everything to the workers")
        return
    if url.scheme == "https":
        yield from _by_tls(url)
    elif "secure" in (_ask(url, PAGE, **{"X-Forwarded-Proto": "https"}).getheader("Set-Cookie") or "").lower():
        yield Finding("proxy", "anybody can claim to come by https", "let the proxy overwrite X-Forwarded-Proto")
    if _ask(url, "/metrics").status == 200:
        yield Finding("proxy", "everybody can read /metrics", "let the proxy answer 404 there")
    yield Finding("proxy", "the chat is reached")


def _by_tls(url: SplitResult) -> Iterator[Finding]:
    if _ask(url, PAGE).status in (301, 308):
        yield Finding(
            "proxy",
            "https leads to https again",
            "let the proxy set X-Forwarded-Proto, and name its address in PARLEY_TRUSTED_PROXIES",
        )
    elif _ask(url, PAGE, **{"X-Forwarded-Proto": "http"}).status in (301, 308):
        yield Finding("proxy", "a client's X-Forwarded-Proto is believed", "let the proxy overwrite it")


def look_at_socket(url: SplitResult) -> Iterator[Finding]:
    """Whether a WebSocket opens and the server says hello on it."""
    with _connected(url) as connection:
        connection.sendall(_upgrade(url))
        stream = connection.makefile("rb")
        status = int(stream.readline().split()[1])
        while stream.readline().strip():
            pass
        if status != 101:
            mend = "let the proxy speak HTTP/1.1 to the workers and pass on Upgrade and Connection"
            yield Finding("socket", f"the upgrade is answered with {status}", mend)
            return
        kind, length = stream.read(2)
        if length in (SHORT, LONG):
            length = int.from_bytes(stream.read(2 if length == SHORT else 8))
        hello = json.loads(stream.read(length)) if kind == TEXT_FRAME else {}
    if hello.get("command") == "hello":
        yield Finding("socket", f"it says hello, as protocol {hello['protocol']}")
    else:
        yield Finding("socket", "it opens, but nobody says hello", "look whether another program answers at /ws/")


def _upgrade(url: SplitResult) -> bytes:
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    lines = [
        "GET /ws/ HTTP/1.1",
        f"Host: {url.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Protocol: chat.v1.json",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _ask(url: SplitResult, path: str, **headers: str) -> http.client.HTTPResponse:
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": url.netloc, **headers})
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    return answer


def _connected(url: SplitResult) -> socket.socket:
    port = url.port or (443 if url.scheme == "https" else 80)
    plain = socket.create_connection((url.hostname or "", port), timeout=ANSWER_SECONDS)
    if url.scheme != "https":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=url.hostname)

"""The client behind proxies that are trusted: its address and whether it came by TLS."""

from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_network
from typing import Any

from chat.domain.addresses import Network, client_address, is_one_of

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
SECURE = {"http": "https", "websocket": "wss"}


def behind_proxies(application: Application, trusted: Sequence[str]) -> Application:
    """The application as clients of these proxies reach it; of everybody else the forwarding headers mean nothing."""
    networks = [ip_network(each) for each in trusted]

    async def forwarded(scope: Scope, receive: Any, send: Any) -> None:
        await application(_seen_through(scope, networks), receive, send)

    return forwarded if networks else application


def _seen_through(scope: Scope, trusted: Sequence[Network]) -> Scope:
    peer, port = scope.get("client") or ("", 0)
    if not is_one_of(peer, trusted):
        return scope
    address = client_address(peer, _header(scope, b"x-forwarded-for"), trusted)
    seen = {**scope, "client": [address, port if address == peer else 0]}
    if _header(scope, b"x-forwarded-proto").rpartition(",")[2].strip().lower() in ("https", "wss"):
        seen["scheme"] = SECURE[scope["type"]]
    return seen


def _header(scope: Scope, name: bytes) -> str:
    return ",".join(value.decode("latin1") for key, value in scope["headers"] if key.lower() == name)

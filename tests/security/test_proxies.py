"""Whose word about a client is believed: that of the proxies in PARLEY_TRUSTED_PROXIES, and by default nobody's."""

from typing import Any

import pytest

from chat.realtime.proxies import behind_proxies

FORGED = ((b"X-Forwarded-For", b"198.51.100.7"), (b"x-forwarded-proto", b"https"))


async def seen(
    *trusted: str, peer: Any = ("10.0.0.1", 4000), kind: str = "http", headers: Any = FORGED
) -> dict[str, Any]:
    """The scope in which the application is called."""
    scopes: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scopes.append(scope)

    scope = {"type": kind, "scheme": "http", "client": peer and list(peer), "headers": list(headers)}
    await behind_proxies(application, trusted)(scope, None, None)
    return scopes[0]


async def test_by_default_forwarding_headers_mean_nothing():
    scope = await seen()
    assert (scope["client"], scope["scheme"]) == (["10.0.0.1", 4000], "http")


async def test_whoever_is_not_a_trusted_proxy_is_not_believed():
    scope = await seen("10.0.0.2", "192.168.0.0/16")
    assert (scope["client"], scope["scheme"]) == (["10.0.0.1", 4000], "http")


@pytest.mark.parametrize(("kind", "scheme"), [("http", "https"), ("websocket", "wss")])
async def test_a_trusted_proxy_says_who_the_client_is_and_whether_it_came_by_tls(kind, scheme):
    scope = await seen("10.0.0.0/8", kind=kind)
    assert (scope["client"], scope["scheme"]) == (["198.51.100.7", 0], scheme)


async def test_of_several_headers_the_last_proxy_wins():
    headers = [*FORGED, (b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"http")]
    scope = await seen("10.0.0.0/8", headers=headers)
    assert (scope["client"], scope["scheme"]) == (["203.0.113.9", 0], "http")


async def test_a_trusted_proxy_that_says_nothing_is_the_client_itself():
    scope = await seen("10.0.0.0/8", headers=())
    assert (scope["client"], scope["scheme"]) == (["10.0.0.1", 4000], "http")


async def test_a_client_without_an_address_is_trusted_by_nobody():
    assert (await seen("0.0.0.0/0", peer=None))["client"] is None


def test_a_proxy_that_cannot_be_one_stops_the_start():
    with pytest.raises(ValueError, match="proxy"):
        behind_proxies(None, ["the proxy"])  # type: ignore[arg-type]

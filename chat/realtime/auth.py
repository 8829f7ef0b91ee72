"""Who opens a socket or asks for events: by session cookie with a fitting Origin, by token, or by ticket."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import SplitResult, parse_qs, urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain
from msgspec import Struct, structs

from chat.domain.errors import Forbidden, Unauthenticated
from chat.queries.people import people_of_sessions
from chat.queries.shapes import person_shape
from chat.realtime.bridge import call
from chat.realtime.gather import Gather
from chat.realtime.identity import Identity
from chat.services import sessions, tickets, tokens

ALL_SCOPES = frozenset(tokens.SCOPES)
Scope = dict[str, Any]


class Claim(Struct, frozen=True):
    """What a client shows of itself: one of a token, a session, or a ticket."""

    token: str = ""
    session: str = ""
    ticket: str = ""


def claim(scope: Scope) -> Claim | None:
    """The credentials in the headers of an ASGI scope, None without any.

    Raises Forbidden for a cookie that comes from a foreign page, Unauthenticated for an unknown kind of header.
    """
    headers = {name.decode("latin1").lower(): value.decode("latin1") for name, value in scope["headers"]}
    if authorization := headers.get("authorization"):
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Use: Authorization: Bearer <token>.")
        return Claim(token=token.strip())
    query = parse_qs(scope["query_string"].decode("latin1"))
    if scope["type"] == "websocket" and "ticket" in query:
        return Claim(ticket=query["ticket"][0])
    session = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
    if not session:
        return None
    require_own_page(headers)
    return Claim(session=session)


def require_own_page(headers: dict[str, str]) -> None:
    """A browser sends cookies with every page's sockets, so the page must be ours. Raises Forbidden.

    Clients without an Origin are no browsers.
    """
    origin = headers.get("origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return
    try:
        page = urlsplit(origin)
    except ValueError:
        raise Forbidden("This origin is no address.") from None
    host = headers.get("host", "")
    domain, _ = split_domain_port(host)
    own = page.netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)
    if not own and not any(_covers(trusted, page) for trusted in settings.CSRF_TRUSTED_ORIGINS):
        raise Forbidden("This origin is not allowed.")


def _covers(trusted: str, page: SplitResult) -> bool:
    """Whether a trusted origin with a wildcard, such as https://*.example.org, covers the page's."""
    scheme, _, pattern = trusted.partition("://*")
    return bool(pattern) and scheme == page.scheme and is_same_domain(page.netloc, pattern)


async def identify(found: Claim) -> Identity:
    """Whose claim it is; those who come together share the reads. Raises Unauthenticated."""
    asked_at = asyncio.get_running_loop().time()
    identity = await (call(_by_ticket, found.ticket) if found.ticket else _gather().ask("claims", found))
    return structs.replace(identity, asked_at=asked_at)


_gathers: WeakKeyDictionary[asyncio.AbstractEventLoop, Gather[str, Claim, Identity]] = WeakKeyDictionary()


def _gather() -> Gather[str, Claim, Identity]:
    return _gathers.setdefault(asyncio.get_running_loop(), Gather(_identify_all))


async def _identify_all(_: str, claims: Sequence[Claim]) -> list[Identity | Exception]:
    return await call(_read_claims, claims)


def _read_claims(claims: Sequence[Claim]) -> list[Identity | Exception]:
    by_token = tokens.authenticate_all(plains={each.token for each in claims if each.token})
    by_session = people_of_sessions({each.session for each in claims if each.session})
    found: list[Identity | Exception] = []
    for each in claims:
        if token := by_token.get(each.token):
            credential, scopes = tokens.token_credential(token), frozenset(token.scopes)
            user = cast(AbstractUser, token.user)
            found.append(
                Identity(user, person_shape(user), credential, scopes, token.expires_at, rooms=frozenset(token.rooms))
            )
        elif session := by_session.get(each.session):
            credential = sessions.session_credential(each.session)
            person = person_shape(session.user)
            found.append(Identity(session.user, person, credential, ALL_SCOPES, session.expires_at))
        else:
            found.append(Unauthenticated())
    return found


def _by_ticket(plain: str) -> Identity:
    ticket = tickets.use_ticket(plain=plain)
    user = cast(AbstractUser, ticket.user)
    scopes, rooms = frozenset(ticket.scopes), frozenset(ticket.rooms)
    return Identity(user, person_shape(user), ticket.credential, scopes, ticket.ends_at, rooms=rooms)

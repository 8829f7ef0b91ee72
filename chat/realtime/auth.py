"""Who opens a socket or asks for events: by session cookie with a fitting Origin, or by token."""

from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.http import is_same_domain
from msgspec import Struct

from chat.domain.errors import Forbidden, Unauthenticated
from chat.queries.people import person_of_session
from chat.queries.shapes import person_shape
from chat.realtime.identity import Identity
from chat.services import accounts, tokens

ALL_SCOPES = frozenset(tokens.SCOPES)
Scope = dict[str, Any]


class Claim(Struct, frozen=True):
    """What a request shows of itself: a token, or a session."""

    token: str = ""
    session: str = ""


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
    page, host = urlsplit(origin), headers.get("host", "")
    domain, _ = split_domain_port(host)
    own = page.netloc == host and validate_host(domain, settings.ALLOWED_HOSTS)
    if not own and not any(_covers(trusted, page) for trusted in settings.CSRF_TRUSTED_ORIGINS):
        raise Forbidden("This origin is not allowed.")


def _covers(trusted: str, page: SplitResult) -> bool:
    """Whether a trusted origin with a wildcard, such as https://*.example.org, covers the page's."""
    scheme, _, pattern = trusted.partition("://*")
    return bool(pattern) and scheme == page.scheme and is_same_domain(page.netloc, pattern)


def identify(found: Claim) -> Identity:
    """Whose claim it is; reads the database. Raises Unauthenticated."""
    if found.token:
        return _by_token(found.token)
    user = person_of_session(found.session)
    if user is None:
        raise Unauthenticated()
    return Identity(user, person_shape(user), accounts.session_credential(found.session), ALL_SCOPES)


def _by_token(plain: str) -> Identity:
    token = tokens.authenticate(plain=plain)
    user = cast(AbstractUser, token.user)
    return Identity(user, person_shape(user), tokens.token_credential(token), frozenset(token.scopes))

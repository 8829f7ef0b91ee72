"""Who is calling and what their credential allows.

A session may do whatever its person may. A token may do only what its scopes name: `read` for GET, `write` for all
else, `moderate` for acts on other people and on the room itself. Outside the rooms it is for there are none.
"""

from typing import Any

from django.contrib.auth import authenticate
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

from chat.api.errors import CHALLENGE
from chat.api.request import Request
from chat.domain.errors import Forbidden, NotFound, Unauthenticated
from chat.domain.policy import reaches
from chat.domain.sanctions import banned
from chat.queries.people import has_second_factor
from chat.queries.sanctions import sentenced_here
from chat.services import tokens
from chat.services.sessions import session_credential


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`; a wrong one is refused even where a session would do."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        scheme, _, plain = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.authenticate(plain=plain.strip())
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return CHALLENGE


class SignedInWithScope(BasePermission):
    """Lets in who is signed in, a token only with the scope of the operation."""

    def has_permission(self, request: Any, view: Any) -> bool:
        contract = view.contract(request.method)
        if contract is None or contract.public:
            return True
        if not request.user.is_authenticated:
            return False
        require_scope(request, contract.scope)
        if "slug" in view.kwargs and not reaches(rooms_of(request), view.kwargs["slug"]):
            raise NotFound()
        if "slug" not in view.kwargs and not contract.roomless:
            require_all_rooms(request)
        return True


def credential_of(request: Request) -> str:
    """Names the token or session of this request where revocations are looked for; empty for nobody's."""
    if request.auth is not None:
        return tokens.token_credential(request.auth)
    key = request.session.session_key
    return session_credential(key) if key else ""


def rooms_of(request: Request) -> list[str]:
    """The only rooms that the credential of this request reaches; none for all."""
    return [] if request.auth is None else request.auth.rooms


def require_all_rooms(request: Request) -> None:
    """Raises Forbidden for a token of certain rooms."""
    if rooms_of(request):
        raise Forbidden("This token is for certain rooms alone.")


def has_scope(request: Request, scope: str) -> bool:
    """Whether the credential of this request has `scope`; a session has all."""
    return request.auth is None or scope in request.auth.scopes


def require_scope(request: Request, scope: str) -> None:
    """Raises Forbidden for a token without `scope`."""
    if not has_scope(request, scope):
        raise Forbidden(f"This token does not have the scope {scope}.")


def person_by_password(request: Request, *, username: str, password: str) -> Any:
    """The active person with this name and password. Raises Unauthenticated, RateLimited for too many attempts,
    and Banned to who knew the password."""
    person = authenticate(request._request, username=username, password=password)
    if person is None:
        raise Unauthenticated("Username or password is wrong.")
    if ban := sentenced_here(person.pk).ban:
        raise banned(ban)
    if has_second_factor(person):
        raise Forbidden("This account asks for a second factor: sign in on the page, or use a token.")
    return person

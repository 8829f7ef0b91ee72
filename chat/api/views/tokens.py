"""The tokens of one's programs."""

from typing import Any

from chat.api import answers, bodies
from chat.api.auth import person_by_password
from chat.api.operation import Resource, operation
from chat.api.request import Request
from chat.domain.errors import Banned, Forbidden, Invalid, RateLimited, Unauthenticated
from chat.services import tokens
from chat.services.limits import spend


class TokenList(Resource):
    @operation("list_tokens")
    def get(self, request: Request) -> answers.Tokens:
        """One's own tokens that were not revoked."""
        return answers.Tokens(results=[answers.Token.of(row) for row in tokens.tokens_of(request.user)])

    @operation(
        "create_token",
        status=201,
        public=True,
        refusals=(Unauthenticated, Forbidden, Banned, RateLimited),
    )
    def post(self, request: Request, body: bodies.NewToken) -> answers.CreatedToken:
        """Make a token, whose text is shown this once.

        By a session, or by username and password in the body, which are `rate_limited` like sign-in. With `rooms` the
        token reaches these alone, and neither people nor the list of open rooms. A token makes no tokens.
        """
        person = _maker(request, body)
        spend("TOKENS_PER_PERSON", person.pk)
        row, plain = tokens.create_token(
            actor=person,
            person=person,
            name=body.name,
            scopes=body.scopes,
            expires_at=body.expires_at,
            rooms=body.rooms,
        )
        return answers.CreatedToken.of(row, token=plain)


class TokenResource(Resource):
    @operation("revoke_token", roomless=True)
    def delete(self, request: Request, token_id: int) -> None:
        """End a token at once, its sockets included. A token can end only itself."""
        if request.auth is not None and request.auth.pk != token_id:
            raise Forbidden("A token can end only itself.")
        tokens.revoke_token(actor=request.user, token_id=token_id)


def _maker(request: Request, body: bodies.NewToken) -> Any:
    if request.auth is not None:
        raise Forbidden("A token makes no tokens; use a session, or username and password.")
    if body.username is not None and body.password is not None:
        return person_by_password(request, username=body.username, password=body.password)
    if body.username is not None or body.password is not None:
        raise Invalid("Give username and password, or neither.")
    if not request.user.is_authenticated:
        raise Unauthenticated()
    return request.user

"""Who is calling; signing in and out."""

from typing import get_args

from django.contrib.auth import login, logout
from django.middleware.csrf import get_token
from rest_framework.authentication import SessionAuthentication

from chat.api import answers, bodies
from chat.api.auth import person_by_password
from chat.api.operation import Resource, operation
from chat.api.request import Request
from chat.domain.errors import Banned, Forbidden, RateLimited, Unauthenticated
from chat.queries.shapes import person_shape


class SessionResource(Resource):
    @operation("who_am_i", public=True, refusals=(Unauthenticated,))
    def get(self, request: Request) -> answers.Session:
        """Who is calling.

        Also sets the cookie `csrftoken`, whose value goes into the header `X-CSRFToken` of every writing request of a
        session, and of the sign-in that begins one.
        """
        get_token(request._request)
        if not request.user.is_authenticated:
            return answers.Session(None, [])
        scopes = request.auth.scopes if request.auth else get_args(bodies.ScopeName)
        return answers.Session(person_shape(request.user), scopes)

    @operation("sign_in", public=True, refusals=(Unauthenticated, Forbidden, Banned, RateLimited))
    def post(self, request: Request, body: bodies.Credentials) -> answers.Session:
        """Sign in: begins a session.

        Many tries of one address, or of one address on one name, are `rate_limited` for up to a minute.
        """
        SessionAuthentication().enforce_csrf(request)
        person = person_by_password(request, username=body.username, password=body.password)
        login(request._request, person)
        return answers.Session(person_shape(person), get_args(bodies.ScopeName))

    @operation("sign_out")
    def delete(self, request: Request) -> None:
        """Sign out: ends the session, its sockets included."""
        if request.auth is not None:
            raise Forbidden("A token has no session; end it by tokens/<id>.")
        logout(request._request)

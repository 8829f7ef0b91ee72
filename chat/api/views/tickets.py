"""Tickets: how a socket that cannot send a header signs in."""

from datetime import datetime

from chat.api import answers
from chat.api.auth import credential_of, rooms_of
from chat.api.operation import Resource, operation
from chat.api.request import Request
from chat.domain.errors import RateLimited
from chat.queries.people import people_of_sessions
from chat.services.limits import spend
from chat.services.tickets import create_ticket
from chat.services.tokens import SCOPES


class TicketList(Resource):
    @operation("create_ticket", status=201, scope="read", roomless=True, refusals=(RateLimited,))
    def post(self, request: Request) -> answers.Ticket:
        """Make a ticket for one socket, to be used within 30 seconds.

        It goes into `authenticate`, or into the address as `?ticket=`. The socket may do what the credential may that
        asked for it, and ends with it.
        """
        spend("TICKETS_PER_PERSON", request.user.pk)
        if request.auth is not None:
            scopes, ends_at = request.auth.scopes, request.auth.expires_at
        else:
            scopes, ends_at = SCOPES, _end_of_session(request.session.session_key or "")
        ticket, plain = create_ticket(
            actor=request.user,
            credential=credential_of(request),
            scopes=scopes,
            ends_at=ends_at,
            rooms=rooms_of(request),
        )
        return answers.Ticket(plain, ticket.expires_at)


def _end_of_session(key: str) -> datetime | None:
    session = people_of_sessions([key]).get(key)
    return session.expires_at if session else None

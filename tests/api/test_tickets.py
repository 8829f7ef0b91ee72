"""Tickets over REST: half a minute, one socket, the rights of what asked for them."""

from datetime import UTC, datetime, timedelta

import pytest

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services import tickets
from chat.services.sessions import session_credential
from chat.services.tokens import SCOPES, create_token, token_credential
from tests.api.caller import Caller, by_session, by_token


def test_a_token_gets_a_ticket_with_its_own_rights_and_end(cast):
    later = datetime.now(UTC) + timedelta(hours=1)
    token, plain = create_token(actor=cast.ben, person=cast.ben, name="bot", scopes=["read"], expires_at=later)
    answer = Caller(token=plain).post("tickets")
    assert answer.status == 201
    ticket = tickets.use_ticket(plain=answer.data["ticket"])
    assert (ticket.user, ticket.credential, ticket.scopes) == (cast.ben, token_credential(token), ["read"])
    assert ticket.ends_at == later
    assert ticket.expires_at == datetime.fromisoformat(answer.data["expires_at"])


def test_a_session_gets_a_ticket_with_all_rights_and_its_own_end(cast):
    caller = by_session(cast.ben)
    answer = caller.post("tickets")
    assert answer.status == 201
    ticket = tickets.use_ticket(plain=answer.data["ticket"])
    session = caller.client.session
    assert (ticket.user, ticket.credential) == (cast.ben, session_credential(session.session_key))
    assert ticket.scopes == sorted(SCOPES)
    assert ticket.ends_at == session.model.objects.get(session_key=session.session_key).expire_date


def test_it_says_how_long_it_may_wait(cast):
    answer = by_token(cast.ben).post("tickets")
    left = datetime.fromisoformat(answer.data["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=20) < left <= tickets.LIFETIME


def test_nobody_gets_no_ticket(db):
    assert Caller().post("tickets").code == "unauthenticated"
    assert Caller(token="wrong").post("tickets").code == "unauthenticated"
    assert not models.Ticket.objects.exists()


def test_a_session_needs_the_csrf_token(cast):
    caller = by_session(cast.ben)
    del caller.client.cookies["csrftoken"]
    assert caller.post("tickets").code == "forbidden"


def test_a_token_that_may_not_read_gets_none(cast):
    assert by_token(cast.ben, "write").post("tickets").code == "forbidden"


def test_a_ticket_opens_nothing_over_rest(cast):
    plain = by_token(cast.ben).post("tickets").data["ticket"]
    assert Caller(token=plain).get("rooms").status == 401
    assert Caller().get("rooms", ticket=plain).status == 401


def test_signing_out_ends_it(cast):
    caller = by_session(cast.ben)
    plain = caller.post("tickets").data["ticket"]
    assert caller.delete("session").status == 204
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(plain=plain)

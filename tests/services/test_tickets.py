"""Tickets: one socket each, within half a minute, no longer than what they were asked with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services import accounts, sessions, tickets, tokens
from tests.race import race
from tests.world import administrator


def create(person, credential="token:1", scopes=("write", "read"), ends_at=None):
    return tickets.create_ticket(actor=person, credential=credential, scopes=scopes, ends_at=ends_at)[1]


def expire_all():
    models.Ticket.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def refused(plain):
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(plain=plain)
    return True


def test_a_ticket_carries_the_rights_of_what_asked_for_it(world):
    ticket = tickets.use_ticket(plain=create(world.ben))
    assert (ticket.user, ticket.credential, ticket.scopes) == (world.ben, "token:1", ["read", "write"])
    left = ticket.expires_at - timezone.now()
    assert timedelta(seconds=20) < left <= timedelta(seconds=30)


def test_a_ticket_knows_when_what_asked_for_it_ends(world):
    later = timezone.now() + timedelta(hours=1)
    assert tickets.use_ticket(plain=create(world.ben, ends_at=later)).ends_at == later


def test_it_works_once(world):
    plain = create(world.ben)
    tickets.use_ticket(plain=plain)
    assert refused(plain)


def test_of_many_uses_at_once_one_succeeds(world):
    plain = create(world.ben)
    answers = race(*[lambda: tickets.use_ticket(plain=plain)] * 6)
    assert sorted(getattr(answer, "code", "in") for answer in answers) == ["in"] + ["unauthenticated"] * 5


def test_it_expires_and_the_next_one_sweeps_it_away(world):
    plain = create(world.ben)
    expire_all()
    assert refused(plain)
    create(world.ben)
    assert models.Ticket.objects.count() == 1


@pytest.mark.parametrize("plain", ["", "guess", "\0", "\ud800"], ids=ascii)
def test_any_other_text_is_none(world, plain):
    create(world.ben)
    assert refused(plain)


def test_its_text_is_nowhere_in_the_database(world):
    plain = create(world.ben)
    assert plain not in str(models.Ticket.objects.values().get())


def test_it_ends_with_the_session_or_token_that_asked_for_it(world):
    token, _ = tokens.create_token(actor=world.ben, person=world.ben, name="Bot")
    session = sessions.session_credential("k" * 32)
    asked = {credential: create(world.ben, credential) for credential in (session, tokens.token_credential(token))}
    sessions.end_session(person=world.ben, session_key="k" * 32)
    assert refused(asked[session])
    tokens.revoke_token(actor=world.ben, token_id=token.pk)
    assert refused(asked[tokens.token_credential(token)])


def test_it_is_worth_nothing_when_made_while_its_session_ended(world):
    """Who was let in just before the sign-out gets a ticket just behind it."""
    sessions.end_session(person=world.ben, session_key="k" * 32)
    assert refused(create(world.ben, sessions.session_credential("k" * 32)))
    assert tickets.use_ticket(plain=create(world.ben, sessions.session_credential("l" * 32)))


def test_it_ends_with_the_account(world):
    plain, others = create(world.ben), create(world.anna)
    accounts.deactivate(actor=administrator(), person=world.ben)
    assert refused(plain)
    assert tickets.use_ticket(plain=others).user == world.anna

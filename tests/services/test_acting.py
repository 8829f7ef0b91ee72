"""Nothing commits by a credential that has ended, however late the write gets its locks."""

from functools import partial

import pytest

from chat.domain.errors import Unauthenticated
from chat.services import messages, tokens
from chat.services.acting import acting_by
from chat.services.posting import Send, post_messages
from chat.services.sessions import begin_session, end_session, session_credential
from tests.world import post

KEY = "s" * 32


def said_by(person, room, credential, client_id):
    return Send(person.pk, room, client_id, "Ahoy", credential=credential)


@pytest.fixture
def ended_token(world):
    token, _ = tokens.create_token(actor=world.ben, person=world.ben, name="lost")
    tokens.revoke_token(actor=world.ben, token_id=token.pk)
    return tokens.token_credential(token)


@pytest.fixture
def ended_session(world):
    begin_session(person=world.ben, session_key=KEY, user_agent="", address="")
    end_session(person=world.ben, session_key=KEY)
    return session_credential(KEY)


@pytest.fixture(params=["token", "session"])
def ended(request):
    return request.getfixturevalue(f"ended_{request.param}")


def test_a_send_by_what_has_ended_is_refused_and_its_neighbours_are_not(world, ended):
    refused, kept, by_another, by_none = post_messages(
        [
            said_by(world.ben, world.harbour, ended, "one"),
            said_by(world.anna, world.harbour, ended, "two"),
            said_by(world.ben, world.harbour, session_credential("another"), "three"),
            said_by(world.ben, world.harbour, "", "four"),
        ]
    )
    assert isinstance(refused, Unauthenticated)
    assert kept.created and by_another.created and by_none.created


def test_a_message_is_not_changed_by_what_has_ended(world, ended):
    said = post(world.ben, world.harbour, "Ahoy")
    change = partial(messages.edit_message, actor=world.ben, room=world.harbour, seq=said.message.seq, body="Gone")
    with acting_by(ended), pytest.raises(Unauthenticated):
        change()
    with acting_by(session_credential("another")):
        assert change().body == "Gone"

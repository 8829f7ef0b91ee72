"""Who is calling, by which credential, and signing in and out."""

import pytest
from django.test import Client

from chat import bus
from chat.services import tokens
from chat.services.accounts import deactivate
from chat.services.sessions import session_credential
from tests.api.caller import Caller, by_session, by_token, credentials, visitor
from tests.world import administrator


def test_nobody_is_told_so_and_gets_the_cookie_to_sign_in_with(db):
    caller = Caller()
    answer = caller.get("session")
    assert answer.data == {"person": None, "scopes": []}
    assert "csrftoken" in caller.client.cookies


def test_signing_in_begins_a_session(ben):
    caller = visitor()
    answer = caller.post("session", credentials())
    assert answer.status == 200
    assert answer.data["person"]["username"] == "ben"
    assert caller.get("session").data == answer.data
    assert caller.get("rooms").status == 200


def test_signing_in_needs_the_csrf_token(ben):
    answer = Caller().post("session", credentials())
    assert (answer.status, answer.code) == (403, "forbidden")
    assert "CSRF" in answer.data["error"]["message"]


@pytest.mark.parametrize(
    "wrong",
    [credentials(password="wrong"), credentials(username="nobody"), credentials(username="Ben "), credentials("", "")],
)
def test_wrong_names_and_wrong_passwords_look_alike(ben, wrong):
    answer = visitor().post("session", wrong)
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.data["error"]["message"] == "Username or password is wrong."


def test_an_account_that_is_closed_cannot_sign_in(ben):
    deactivate(actor=administrator(), person=ben)
    assert visitor().post("session", credentials()).status == 401


def test_signing_out_ends_the_session_and_its_sockets(ben, django_capture_on_commit_callbacks):
    caller = visitor()
    caller.post("session", credentials())
    credential = session_credential(caller.client.session.session_key)
    with bus.capture() as news, django_capture_on_commit_callbacks(execute=True):
        assert caller.delete("session").status == 204
    assert caller.get("rooms").status == 401
    assert [(each.user_id, each.credential) for each in news] == [(ben.pk, credential)]


def test_a_token_has_no_session_to_end(ben):
    assert by_token(ben).delete("session").code == "forbidden"


def test_a_session_writes_only_with_its_csrf_token(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.anna)
    answer = Caller(client).patch("people/me", {"display_name": "Mallory"})
    assert (answer.status, answer.code) == (403, "forbidden")
    assert by_session(cast.anna).patch("people/me", {"display_name": "Anna"}).status == 200


def test_a_token_says_who_is_calling_and_what_it_may(cast):
    answer = by_token(cast.anna, "read").get("session")
    assert answer.data["person"]["username"] == "anna"
    assert answer.data["scopes"] == ["read"]


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "bearer", "Bearer  ", "Bearer parley_ä", "BEARER \x00", "Bearer " + "x" * 5000]
)
def test_a_wrong_token_is_refused_even_beside_a_session(cast, header):
    caller = by_session(cast.anna)
    caller.headers = {"authorization": header}
    for answer in (caller.get("rooms"), caller.get("session"), caller.put("rooms/harbour/membership")):
        assert (answer.status, answer.code) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_credential_the_answer_says_what_to_bring(db):
    answer = Caller().get("rooms")
    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_another_kind_of_authorization_is_none(cast):
    caller = Caller()
    caller.headers = {"authorization": "Basic YW5uYTphbm5h"}
    assert caller.get("rooms").status == 401


def test_a_revoked_token_is_refused_from_then_on(cast):
    row, plain = tokens.create_token(actor=cast.anna, person=cast.anna, name="x")
    caller = Caller(token=plain)
    assert caller.get("rooms").status == 200
    tokens.revoke_token(actor=cast.anna, token_id=row.pk)
    assert caller.get("rooms").status == 401


def test_a_closed_account_loses_its_session_and_its_tokens_at_once(cast):
    session, token = by_session(cast.ben), by_token(cast.ben)
    deactivate(actor=administrator(), person=cast.ben)
    assert (session.get("rooms").status, token.get("rooms").status) == (401, 401)


def test_answers_are_kept_by_nobody(cast):
    assert by_session(cast.anna).get("rooms").headers["Cache-Control"] == "no-store"
    assert Caller().get("rooms").headers["Cache-Control"] == "no-store"

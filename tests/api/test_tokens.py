"""Tokens: made once, shown once, limited by scope."""

from datetime import UTC, datetime, timedelta

import pytest

from chat import models
from chat.services.tokens import create_token
from tests.api.caller import PASSWORD, Caller, by_session, by_token, credentials


def test_a_session_makes_a_token_that_works_and_is_shown_once(cast):
    answer = by_session(cast.anna).post("tokens", {"name": "bot", "scopes": ["read"]})
    assert answer.status == 201
    assert Caller(token=answer.data["token"]).get("session").data["person"]["username"] == "anna"
    [listed] = by_session(cast.anna).get("tokens").data["results"]
    assert {**listed, "last_used_at": None} == {name: value for name, value in answer.data.items() if name != "token"}
    assert not models.ApiToken.objects.filter(digest=answer.data["token"]).exists()


def test_a_program_without_a_session_gets_a_token_by_password(ben):
    answer = Caller().post("tokens", {"name": "bot", **credentials()})
    assert answer.status == 201
    assert answer.data["scopes"] == ["read", "write"]
    assert Caller(token=answer.data["token"]).get("rooms").status == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (credentials(password="wrong"), 401),
        ({"username": "ben"}, 400),
        ({"password": PASSWORD}, 400),
        ({}, 401),
    ],
)
def test_without_session_and_password_there_is_no_token(ben, more, status):
    assert Caller().post("tokens", {"name": "bot", **more}).status == status
    assert not models.ApiToken.objects.exists()


def test_a_token_makes_no_tokens(ben):
    more = credentials()
    for body in ({"name": "child"}, {"name": "child", **more}):
        assert by_token(ben).post("tokens", body).code == "forbidden"
    assert not models.ApiToken.objects.filter(name="child").exists()


def test_making_a_token_by_session_needs_the_csrf_token(ben):
    caller = by_session(ben)
    del caller.client.cookies["csrftoken"]
    assert caller.post("tokens", {"name": "bot"}).code == "forbidden"


def test_a_token_expires_when_it_was_told_to(cast):
    later = datetime.now(UTC) + timedelta(hours=1)
    answer = by_session(cast.anna).post("tokens", {"name": "bot", "expires_at": later.isoformat()})
    assert datetime.fromisoformat(answer.data["expires_at"]) == later
    assert Caller(token=answer.data["token"]).get("rooms").status == 200
    models.ApiToken.objects.update(expires_at=datetime.now(UTC))
    assert Caller(token=answer.data["token"]).get("rooms").status == 401


@pytest.mark.parametrize(
    "when",
    [
        "2020-01-01T00:00:00Z",
        "2990-01-01T00:00:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "tomorrow",
        12,
        "",
    ],
)
def test_an_end_that_is_no_time_to_come_is_invalid(cast, when):
    answer = by_session(cast.anna).post("tokens", {"name": "bot", "expires_at": when})
    assert (answer.status, answer.code) == (400, "invalid")
    assert not models.ApiToken.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 81},
        {"name": None},
        {},
        {"name": "bot", "scopes": []},
        {"name": "bot", "scopes": ["admin"]},
        {"name": "bot", "scopes": "read"},
    ],
)
def test_unfit_names_and_scopes_are_invalid(cast, body):
    answer = by_session(cast.anna).post("tokens", body)
    assert (answer.status, answer.code) == (400, "invalid")
    assert set(answer.fields) <= {"name", "scopes"}
    assert answer.fields


def test_one_sees_and_ends_only_ones_own_tokens(cast):
    row, plain = create_token(actor=cast.ben, person=cast.ben, name="ben's")
    anna = by_session(cast.anna)
    assert anna.get("tokens").data["results"] == []
    assert anna.delete(f"tokens/{row.pk}").code == "not_found"
    assert by_session(cast.ben).delete(f"tokens/{row.pk}").status == 204
    assert Caller(token=plain).get("rooms").status == 401
    assert by_session(cast.ben).delete(f"tokens/{row.pk}").code == "not_found"


@pytest.mark.parametrize("token_id", ["0", "9" * 20, "1" + "0" * 400, "1" + "0" * 5000, "-1", "abc"])
def test_a_token_that_cannot_be_is_not_found(cast, token_id):
    assert by_session(cast.anna).delete(f"tokens/{token_id}").status == 404


def test_a_token_can_end_itself_and_no_other(cast):
    row, plain = create_token(actor=cast.anna, person=cast.anna, name="mine")
    other, _ = create_token(actor=cast.anna, person=cast.anna, name="other")
    caller = Caller(token=plain)
    assert caller.delete(f"tokens/{other.pk}").code == "forbidden"
    assert caller.delete(f"tokens/{row.pk}").status == 204
    assert caller.get("rooms").status == 401


def test_reading_needs_the_scope_read_and_writing_write(cast):
    reader, writer = by_token(cast.anna, "read"), by_token(cast.anna, "write")
    assert reader.get("rooms").status == 200
    assert reader.put("rooms/harbour/membership").code == "forbidden"
    assert writer.put("rooms/harbour/membership").status == 204
    assert writer.get("rooms").code == "forbidden"


def test_acts_on_others_and_on_the_room_need_the_scope_moderate(cast):
    writer, moderator = by_token(cast.anna, "read", "write"), by_token(cast.anna, "moderate")
    acts = [
        ("POST", "rooms/harbour/members", {"username": "cleo"}),
        ("PATCH", "rooms/harbour/members/cleo", {"role": "guest"}),
        ("DELETE", "rooms/harbour/members/cleo", None),
        ("PATCH", "rooms/harbour", {"title": "Harbour"}),
        ("PUT", "rooms/harbour/archive", None),
        ("DELETE", "rooms/harbour/archive", None),
    ]
    for act in acts:
        assert writer.call(*act).code == "forbidden", act
        assert moderator.call(*act).status in (200, 204), act


def test_a_program_may_do_no_more_than_its_person(cast):
    assert by_token(cast.ben).patch("rooms/harbour", {"title": "Ben's"}).code == "forbidden"

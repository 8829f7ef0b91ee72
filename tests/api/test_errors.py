"""Whatever is wrong with a request, the answer is the envelope, and nothing of the inside is told."""

import json
import logging

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404
from rest_framework import exceptions

from chat.api.views.rooms import RoomList
from chat.domain import errors
from chat.queries import rooms
from tests.api.caller import by_session, by_token

LARGEST = 64 * 1024
DEEP = 20_000
JSON = "application/json"


def message(**fields: object) -> bytes:
    return json.dumps({"client_id": "one", "body": "ahoy", **fields}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"nonsense",
        b"{'client_id': 1}",
        b"{} {}",
        b'\xef\xbb\xbf{"room": "a"}',
        b'{"room": NaN}',
        b'{"room": Infinity}',
        b'{"room": -Infinity}',
        b'{"room": "\xff"}',
        b'{"room": "\xed\xa0\x80"}',
        b'{"room": "\\ud800"}',
        b'{"room": "\\udc00\\ud800"}',
        b'{"room": "\\ud83d oops"}',
        b'{"room": "a\x00"}',
        b'{"room": "a", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}",
        b'{"x":' * (LARGEST // 8),
        b'{"room": 1' + b"0" * 5000 + b"}",
        b'{"room": 1e999}',
        b"[]",
        b'"a"',
        b"1",
        b"null",
        b"\x00",
        '{"room": "a"}'.encode("utf-16"),
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_bodies_that_are_no_json_object_in_utf8_are_invalid(cast, raw):
    answer = by_token(cast.anna).raw("POST", "rooms", raw)
    assert (answer.status, answer.code) == (400, "invalid")


def test_a_missing_body_is_an_empty_object(cast):
    answer = by_token(cast.anna).raw("POST", "rooms")
    assert (answer.status, answer.fields) == (400, {"room": "This is required."})


@pytest.mark.parametrize("size", [LARGEST + 1, 300_000, 3_000_000])
def test_bodies_over_the_limit_are_too_large(cast, size):
    answer = by_token(cast.anna).raw("POST", "rooms", b" " * size)
    assert (answer.status, answer.code) == (413, "too_large")


def test_a_body_of_just_the_limit_is_read(cast):
    raw = b'{"room": "galley"}'
    assert by_token(cast.anna).raw("POST", "rooms", raw.ljust(LARGEST)).status == 201


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
    ],
)
def test_other_kinds_of_bodies_are_not_supported(cast, kind):
    answer = by_token(cast.anna).raw("POST", "rooms", b'{"room": "galley"}', kind)
    assert (answer.status, answer.code) == (415, "invalid")


@pytest.mark.parametrize("kind", [JSON, f"{JSON}; charset=utf-8", JSON.upper(), f"{JSON};charset=utf-16"])
def test_json_is_json_in_utf8_whatever_charset_is_claimed(cast, kind):
    assert by_token(cast.anna).raw("POST", "rooms", b'{"room": "galley"}', kind).status == 201


def test_a_broken_form_of_a_session_is_not_supported_either(cast):
    answer = by_session(cast.anna).raw("POST", "rooms", b"--y\r\n", "multipart/form-data; boundary=" + "x" * 300)
    assert (answer.status, answer.code) == (415, "invalid")


def test_fields_that_nobody_knows_are_ignored(cast):
    answer = by_token(cast.anna).post("rooms", {"room": "galley", "head": 99, "owner": "ben", "colour": None})
    assert answer.status == 201
    assert by_token(cast.anna).get("rooms/galley").data["role"] == "owner"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/msgpack", "nonsense", "*/*;q=0", ""])
def test_answers_are_json_whatever_is_accepted(cast, accept):
    caller = by_token(cast.anna)
    caller.headers["accept"] = accept
    assert caller.get("rooms").status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_methods_that_a_resource_does_not_have_are_not_allowed(cast, method):
    answer = by_token(cast.anna).raw(method, "rooms")
    assert (answer.status, answer.code) == (405, "invalid")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_head_answers_as_get_without_the_body(cast):
    answer = by_token(cast.anna, "read").raw("HEAD", "rooms")
    assert (answer.status, answer.raw) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


# --- What nobody expected ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (ZeroDivisionError("secret"), 500, "unavailable"),
        (OperationalError("secret"), 503, "unavailable"),
        (InterfaceError("secret"), 503, "unavailable"),
        (InternalError("secret"), 500, "unavailable"),
        (errors.Overloaded(), 503, "overloaded"),
        (errors.Unavailable(), 503, "unavailable"),
        (errors.Forbidden(), 403, "forbidden"),
        (PermissionDenied("secret"), 403, "forbidden"),
        (BadRequest("secret"), 400, "invalid"),
        (SuspiciousOperation("secret"), 400, "invalid"),
        (exceptions.ParseError(), 400, "invalid"),
        (exceptions.AuthenticationFailed(), 401, "unauthenticated"),
    ],
    ids=repr,
)
def test_exceptions_become_the_envelope_and_their_text_stays_inside(cast, monkeypatch, raised, status, code):
    answer = _raise(cast, monkeypatch, raised)
    assert (answer.status, answer.code) == (status, code)
    assert b"secret" not in answer.raw


@pytest.mark.parametrize("raised", [Http404("secret"), exceptions.NotFound(), errors.NotFound()], ids=repr)
def test_what_is_not_there_is_said_in_one_way(cast, monkeypatch, raised):
    monkeypatch.setattr(rooms, "summary", _raiser(raised))
    answer = by_token(cast.anna).get("rooms/harbour")
    assert answer.raw == by_token(cast.anna).get("rooms/nowhere-at-all").raw


def test_a_framework_throttle_says_when_to_come_back(cast, monkeypatch):
    monkeypatch.setattr(RoomList, "check_throttles", _raiser(exceptions.Throttled(wait=2.5)))
    response = by_token(cast.anna).client.get("/api/v1/rooms", headers=by_token(cast.anna).headers)
    assert response.status_code == 429
    assert response.json()["error"]["retry_after_ms"] == 3000
    assert response.headers["Retry-After"] == "3"


def test_a_body_that_the_framework_finds_too_big_is_too_large(cast, monkeypatch):
    monkeypatch.setattr(RoomList, "check_throttles", _raiser(RequestDataTooBig()))
    answer = by_token(cast.anna).post("rooms", {"room": "galley"})
    assert (answer.status, answer.code) == (413, "too_large")


def test_our_own_faults_are_logged_with_where_they_happened(cast, monkeypatch, caplog):
    with caplog.at_level(logging.ERROR, "chat.api.errors"):
        _raise(cast, monkeypatch, ZeroDivisionError("secret"))
    [record] = [each for each in caplog.records if each.name == "chat.api.errors"]
    assert "/api/v1/rooms" in record.getMessage()
    assert record.exc_info[0] is ZeroDivisionError


def test_refusals_are_not_logged_as_faults(cast, caplog):
    with caplog.at_level(logging.ERROR, "chat.api.errors"):
        by_token(cast.anna).get("rooms/nowhere")
    assert not [each for each in caplog.records if each.name == "chat.api.errors"]


def _raiser(raised: Exception):
    def call(*_, **__):
        raise raised

    return call


def _raise(cast, monkeypatch, raised: Exception):
    monkeypatch.setattr(rooms, "rooms_of", _raiser(raised))
    return by_token(cast.anna).get("rooms")

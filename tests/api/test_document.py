"""The OpenAPI document tells of everything, truly."""

import re
from io import StringIO
from typing import get_args

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import ValidationError
from msgspec import structs

from chat.api import urls
from chat.api.bodies import ScopeName
from chat.api.documents import document
from chat.api.operation import Resource
from chat.domain import errors, shapes
from chat.domain.text import SLUG
from chat.services.tokens import SCOPES
from tests.api.caller import Caller, validate

METHODS = {"get", "post", "put", "patch", "delete"}


def _template(route: str) -> str:
    return "/api/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def _resources() -> dict[str, type[Resource]]:
    found = {_template(str(pattern.pattern)): pattern.callback.cls for pattern in urls.urlpatterns}
    return {path: cls for path, cls in found.items() if cls.schema is not None and path.startswith("/api/v1/")}


def _operations():
    return [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_address_and_method_is_in_the_document():
    resources = _resources()
    assert len(resources) > 15
    served = {(path, method) for path, cls in resources.items() for method in METHODS & vars(cls).keys()}
    described = {(path, method) for path, method, _ in _operations()}
    assert described - served == {("/api/v1/rooms/{slug}/events", "get"), ("/api/v1/events/stream", "get")}
    assert served <= described


def test_the_document_is_valid_openapi_without_a_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_the_document_served_is_the_one_that_the_tests_believe(client: Client):
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    assert answer.json() == document()
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("shape", [shapes.Message, shapes.Room, shapes.RoomSummary, shapes.Person, shapes.Member])
def test_shapes_have_exactly_the_fields_of_the_code(shape):
    described = document()["components"]["schemas"][shape.__name__]["properties"]
    assert list(described) == [field.name for field in structs.fields(shape)]


def test_every_operation_says_how_it_can_be_refused():
    for path, method, operation in _operations():
        codes = set(operation["responses"])
        assert {"500", "503"} <= codes, (path, method)
        assert "401" in codes, (path, method)
        if "{slug}" in path:
            assert {"403", "404"} <= codes, (path, method)
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= codes, (path, method)
        for status in codes:
            named = re.findall(r"`(\w+)`", operation["responses"][status]["description"])
            assert all(name in errors.ALL for name in named), (path, method)
            assert bool(named) == (int(status) >= 400), (path, method)


def test_every_operation_has_a_name_of_its_own_and_a_sentence():
    names = [operation["operationId"] for _, _, operation in _operations()]
    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for _, _, operation in _operations())


def test_every_operation_names_the_scope_that_a_token_needs():
    for path, method, operation in _operations():
        [scope] = operation["security"][0]["token"]
        assert scope in SCOPES
        reads = method == "get" or operation["operationId"] == "create_ticket"
        assert (scope == "read") == reads, (path, method)


def test_the_scopes_that_can_be_asked_for_are_those_of_tokens():
    assert get_args(ScopeName) == SCOPES


def test_a_rooms_name_has_in_the_document_the_form_it_has_in_the_code():
    for path, method, operation in _operations():
        slugs = [each["schema"]["pattern"] for each in operation.get("parameters", ()) if each["name"] == "slug"]
        assert slugs == ([f"^{SLUG.pattern}$"] if "{slug}" in path else []), (path, method)


def test_times_are_times_in_the_document():
    message = document()["components"]["schemas"]["Message"]["properties"]
    assert message["created_at"]["format"] == "date-time"


def test_an_answer_that_the_document_does_not_know_is_noticed():
    with pytest.raises(ValidationError):
        validate({"person": None, "scopes": [], "surprise": 1}, {"$ref": "#/components/schemas/Session"})


def test_the_page_shows_the_document_from_local_files(client: Client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert sources
    assert all(source.startswith(("/static/", "/api/docs/")) for source in sources)
    assert "<script>" not in page.content.decode()
    script = client.get("/api/docs/?script=")
    assert "/api/v1/schema/" in script.content.decode()


def test_addresses_that_lead_nowhere_answer_in_the_envelope(db):
    for path in ("", "nope", "rooms/", "rooms/general/nope", "session/"):
        answer = Caller().get(path)
        assert (answer.status, answer.code) == (404, "not_found")
    assert Caller().post("nope", {"a": 1}).status == 404

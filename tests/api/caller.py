"""A client that believes the document: every answer must be one that the document tells of."""

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from chat.api.documents import document
from chat.services import tokens

ROOT = "/api/v1/"
PASSWORD = "correct horse battery staple"


class Answer(NamedTuple):
    """What came back; `data` is the decoded body."""

    status: int
    data: Any
    raw: bytes
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The code of the refusal."""
        return self.data["error"]["code"]

    @property
    def fields(self) -> dict[str, str]:
        """The faulty inputs."""
        return self.data["error"].get("fields", {})


class Caller:
    """Somebody at the API: nobody, by session, or by token. A browser's CSRF checks are on."""

    def __init__(self, client: Client | None = None, *, token: str = "") -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.call("PATCH", path, body)

    def delete(self, path: str, body: Any = None) -> Answer:
        return self.call("DELETE", path, body)

    def say(self, room: str, body: str, *, client_id: str) -> Answer:
        """Sends a message."""
        return self.post(f"rooms/{room}/messages", {"client_id": client_id, "body": body})

    def call(self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None) -> Answer:
        """One call; `body` is encoded unless it is bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.raw(method, path + (f"?{urlencode(query)}" if query else ""), b"" if body is None else raw)

    def raw(self, method: str, path: str, body: bytes = b"", kind: str = "application/json", **more: Any) -> Answer:
        """One call with the body as it stands."""
        url = path if path.startswith("http") else ROOT + path
        response = self.client.generic(method, url, body, kind, headers=self._headers(), **more)
        data = json.loads(response.content) if response.content else None
        answer = Answer(response.status_code, data, response.content, response.headers)
        check(method, response.request["PATH_INFO"], answer)
        return answer

    def _headers(self) -> dict[str, str]:
        cookie = self.client.cookies.get("csrftoken")
        return self.headers | ({"x-csrftoken": cookie.value} if cookie else {})


def by_session(person: User) -> Caller:
    """`person` in a browser that has been given its CSRF cookie."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    caller = Caller(client)
    caller.get("session")
    return caller


def credentials(username: str = "ben", password: str = PASSWORD) -> dict[str, str]:
    """What somebody signs in with."""
    return {"username": username, "password": password}


def visitor() -> Caller:
    """Nobody yet, in a browser that has been given its CSRF cookie."""
    caller = Caller()
    caller.get("session")
    return caller


def by_token(person: User, *scopes: str) -> Caller:
    """A program of `person`."""
    given = scopes or tokens.SCOPES
    _, plain = tokens.create_token(actor=person, person=person, name="program", scopes=given)
    return Caller(token=plain)


# --- The document, taken at its word ----------------------------------------------------------------------------------


@cache
def strict_document() -> dict[str, Any]:
    """The document, in which objects have no property that it does not name."""
    strict = deepcopy(document())
    for schema in strict["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return strict


def find(path: str) -> dict[str, Any] | None:
    """The operations that the document has for an address, by method."""
    for template, operations in sorted(strict_document()["paths"].items(), key=lambda each: each[0].count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return operations
    return None


def check(method: str, path: str, answer: Answer) -> None:
    """Raises AssertionError unless the document allows this answer to this call."""
    operation = (find(path) or {}).get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert answer.status in (401, 404, 405), f"{method} {path} is not documented"
        schema: dict[str, Any] = {"$ref": "#/components/schemas/Refusal"}
    else:
        assert str(answer.status) in operation["responses"], f"{method} {path}: {answer.status} is not documented"
        content = operation["responses"][str(answer.status)].get("content")
        if content is None or method == "HEAD":
            assert answer.raw == b""
            return
        schema = content["application/json"]["schema"]
    assert answer.headers["content-type"] == "application/json"
    validate(answer.data, schema)


def validate(data: Any, schema: dict[str, Any]) -> None:
    """Raises the first difference between data and schema."""
    whole = {**schema, "components": strict_document()["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(data)

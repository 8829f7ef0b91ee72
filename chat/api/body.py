"""JSON in and out: bytes into typed values, values into bytes, both by msgspec."""

import re
from typing import Any

import msgspec
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from chat.domain.errors import Invalid, TooLarge
from chat.wire.client import FRAME_BYTES
from chat.wire.codecs.json import JSON

PLACE = re.compile(r"(?P<problem>.*) - at `\$\.(?P<field>\w+).*`", re.DOTALL)
MISSING = re.compile(r"Object missing required field `(?P<field>\w+)`")


class JSONParser(BaseParser):
    """Takes the bytes of a body, at most as many as a frame may have; `read_body` knows their type."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw: bytes = stream.read(FRAME_BYTES + 1)
        if len(raw) > FRAME_BYTES:
            raise TooLarge(f"At most {FRAME_BYTES} bytes.")
        return raw


class JSONRenderer(BaseRenderer):
    """Structs, and what they consist of, as JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else JSON.encode(data)


class OneFormat(DefaultContentNegotiation):
    """Every resource has one format and answers in it, whatever `Accept` says."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


def read_body(request: Request, kind: type[Any]) -> Any:
    """The body as a `kind`; no body is an empty object. Raises Invalid, TooLarge, UnsupportedMediaType."""
    raw: Any = request.data
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _explained(error) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Invalid("The body is not JSON in UTF-8.") from None


def read_query(request: Request, kind: type[Any]) -> Any:
    """The query string as a `kind`; of a repeated parameter the last counts. Raises Invalid."""
    try:
        return msgspec.convert(request.query_params.dict(), kind, strict=False)
    except msgspec.ValidationError as error:
        raise _explained(error) from None


def _explained(error: msgspec.ValidationError) -> Invalid:
    text = str(error)
    if missing := MISSING.match(text):
        return Invalid(fields={missing["field"]: "This is required."})
    if place := PLACE.fullmatch(text):
        return Invalid(fields={place["field"]: _sentence(place["problem"])})
    return Invalid(_sentence(text))


def _sentence(problem: str) -> str:
    return problem.replace("`", "") + "."

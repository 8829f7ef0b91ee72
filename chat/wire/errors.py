"""Refusals as REST and sockets show them."""

from typing import Annotated

from msgspec import Meta, Struct

from chat.domain.errors import ALL, ChatError

ErrorCode = Annotated[str, Meta(extra_json_schema={"enum": list(ALL)})]


class ErrorBody(Struct, frozen=True, omit_defaults=True):
    """A refusal: `code` for programs, `message` for people, `fields` with a sentence for each faulty input."""

    code: ErrorCode
    message: str
    retry_after_ms: int | None = None
    fields: dict[str, str] | None = None


def error_body(error: ChatError) -> ErrorBody:
    """An error as the wire says it."""
    return ErrorBody(error.code, error.message, error.retry_after_ms, error.fields)

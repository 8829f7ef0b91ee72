"""One envelope for everything that goes wrong: ours, the framework's, and what nobody expected."""

import logging
from math import ceil
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import Http404, HttpResponse
from msgspec import Struct
from rest_framework import exceptions
from rest_framework.response import Response

from chat.connections import passes
from chat.domain.errors import (
    ChatError,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from chat.wire.errors import ErrorBody, error_body

logger = logging.getLogger(__name__)

CHALLENGE = 'Bearer realm="parley"'


class Refusal(Struct, frozen=True):
    """The body of every answer that is not a success."""

    error: ErrorBody


def answer(exc: Exception, context: dict[str, Any]) -> Response:
    """The envelope of any exception of a view. What is a fault of ours is logged and not told."""
    error, status = _translated(exc)
    if isinstance(error, Unavailable) and error is not exc:
        logger.error("/%s failed", context["request"].resolver_match.route, exc_info=exc)
    headers = {}
    if error.retry_after_ms is not None:
        headers["Retry-After"] = str(ceil(error.retry_after_ms / 1000))
    if status == Unauthenticated.status:
        headers["WWW-Authenticate"] = CHALLENGE
    if isinstance(exc, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    return Response(Refusal(error_body(error)), status=status, headers=headers)


def refuse_before_views(exc: Exception) -> HttpResponse:
    """The envelope of what is refused before any view is asked."""
    error, status = _translated(exc)
    return HttpResponse(msgspec.json.encode(Refusal(error_body(error))), "application/json", status)


def _translated(exc: Exception) -> tuple[ChatError, int]:
    match exc:
        case ChatError():
            return exc, exc.status
        case exceptions.APIException():
            return _of_framework(exc)
        case OperationalError() | InterfaceError() | InternalError() if passes(exc):
            return Unavailable(), Unavailable.status
        case Http404():
            return NotFound(), NotFound.status
        case PermissionDenied():
            return Forbidden(), Forbidden.status
        case RequestDataTooBig():
            return TooLarge(), TooLarge.status
        case BadRequest() | SuspiciousOperation():
            return Invalid(), Invalid.status
        case _:
            return Unavailable(), 500


def _of_framework(exc: exceptions.APIException) -> tuple[ChatError, int]:
    match exc:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthenticated(), Unauthenticated.status
        case exceptions.PermissionDenied():
            return Forbidden(str(exc.detail)), Forbidden.status
        case exceptions.NotFound():
            return NotFound(), NotFound.status
        case exceptions.Throttled():
            seconds = getattr(exc, "wait", None) or 1
            return RateLimited(retry_after_ms=ceil(seconds * 1000)), RateLimited.status
        case _:
            return Invalid(str(exc.detail)), exc.status_code

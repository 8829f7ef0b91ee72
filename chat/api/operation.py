"""One operation of the API: what it takes and gives is said once, by its signature, for decoding and documentation."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, get_type_hints

from rest_framework.response import Response
from rest_framework.views import APIView

from chat.api.auth import credential_of
from chat.api.body import read_body, read_query
from chat.api.request import Request
from chat.domain.errors import ChatError
from chat.services.acting import acting_by

Method = Callable[..., Any]


class Contract(NamedTuple):
    """What clients may rely on.

    `answers` are the types of success by status; `refusals` are those errors that the operation has beside the ones
    that follow from its kind. A `public` operation needs no credential. One that is about no room is closed to tokens
    of certain rooms, unless it is `roomless`: right for them too.
    """

    name: str
    scope: str
    public: bool
    roomless: bool
    body: type[Any] | None
    query: type[Any] | None
    answers: dict[int, Any]
    refusals: tuple[type[ChatError], ...]


def operation(
    name: str,
    *,
    status: int = 200,
    answers: dict[int, Any] | None = None,
    scope: str | None = None,
    public: bool = False,
    roomless: bool = False,
    refusals: tuple[type[ChatError], ...] = (),
) -> Callable[[Method], Method]:
    """Makes a method an operation: its parameters `body` and `query` are decoded, its result is the answer.

    A method that returns None answers 204; one with several `answers` returns a Response.
    """

    def decorate(method: Method) -> Method:
        hints = get_type_hints(method)
        result = hints["return"]
        contract = Contract(
            name=name,
            scope=scope or ("read" if method.__name__ == "get" else "write"),
            public=public,
            roomless=roomless,
            body=hints.get("body"),
            query=hints.get("query"),
            answers=answers or ({204: None} if result is type(None) else {status: result}),
            refusals=refusals,
        )

        @wraps(method)
        def handle(view: APIView, request: Request, **path: Any) -> Response:
            if contract.query is not None:
                path["query"] = read_query(request, contract.query)
            if contract.body is not None:
                path["body"] = read_body(request, contract.body)
            with acting_by(credential_of(request)):
                answer = method(view, request, **path)
            if isinstance(answer, Response):
                return answer
            return Response(answer, status=204 if answer is None else status)

        handle.contract = contract  # type: ignore[attr-defined]
        return handle

    return decorate


class Resource(APIView):
    """A resource: one class, whose methods are operations."""

    http_method_names = ("get", "head", "post", "put", "patch", "delete")

    @classmethod
    def contract(cls, method: str) -> Contract | None:
        """The contract of an HTTP method, None where there is no such operation."""
        return getattr(getattr(cls, "get" if method == "HEAD" else method.lower(), None), "contract", None)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """DRF takes a body without a Content-Length, which a chunked one has not, for none."""
        if "HTTP_TRANSFER_ENCODING" in request.META:
            request.META["CONTENT_LENGTH"] = str(len(request.body))
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What somebody may see now may be gone a second later: nothing is kept by caches."""
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)

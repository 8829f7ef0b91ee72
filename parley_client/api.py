"""REST: history, sending where there is no socket, and everything that needs none."""

from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from parley_client.credentials import Credentials
from parley_client.errors import Refused, Unreachable
from parley_client.frames import ErrorBody
from parley_client.shapes import Message, Page

TIMEOUT_SECONDS = 30.0

T = TypeVar("T")


class _Envelope(msgspec.Struct):
    error: ErrorBody


class Api:
    """`/api/v1/` of one server as one person."""

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._credentials = credentials
        unlimited = httpx.Limits(max_connections=None)  # Every room that is polled holds one.
        self.http = httpx.AsyncClient(base_url=f"{url}/api/v1/", timeout=TIMEOUT_SECONDS, limits=unlimited)

    async def request(self, method: str, path: str, *, returns: type[T] | Any = Any, **options: Any) -> T:
        """One request with the options of httpx, and its answer as `returns`. Raises Refused, Unreachable."""
        try:
            headers = await self._credentials.headers()
            response = await self.http.request(method, path, headers=headers, **options)
        except httpx.TransportError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if not response.is_success:
            raise refusal(response)
        answer: T = decoded(response, returns)
        return answer

    async def page(self, room: str, **bounds: int) -> Page:
        """A page of the history of a room; `before`, `after`, `around` and `limit` choose which."""
        page: Page = await self.request("GET", f"rooms/{quote(room)}/messages", returns=Page, params=bounds)
        return page

    async def post(self, room: str, *, client_id: str, body: str, reply_to: int | None) -> Message:
        """Sends a message."""
        content = {"client_id": client_id, "body": body, "reply_to": reply_to}
        path = f"rooms/{quote(room)}/messages"
        message: Message = await self.request("POST", path, returns=Message, json=content)
        return message


def decoded(response: httpx.Response, returns: type[T] | Any) -> T:
    """The body of an answer as a value. Raises Unreachable for what the server cannot have said."""
    try:
        value: T = msgspec.json.decode(response.content or b"null", type=returns)
    except msgspec.DecodeError as error:
        raise Unreachable(f"Not an answer of this server: {error}") from error
    return value


def refusal(response: httpx.Response) -> Refused | Unreachable:
    """What an answer that is no success says; one that did not come from the chat is no answer of it."""
    try:
        return msgspec.json.decode(response.content, type=_Envelope).error.refusal()
    except msgspec.DecodeError:
        return Unreachable(f"{response.request.url} answered {response.status_code} {response.reason_phrase}")

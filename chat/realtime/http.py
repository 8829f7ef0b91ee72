"""Plain HTTP of the realtime doors: what a request asks, and how it is answered. No Django handler, no thread held."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import ChatError, Forbidden, Invalid, Unauthenticated, Unavailable
from chat.realtime.auth import claim
from chat.realtime.flow import FLOW, Flow
from chat.realtime.identity import Identity
from chat.realtime.worker import worker
from chat.wire.codecs.json import JSON
from chat.wire.errors import error_body

logger = logging.getLogger(__name__)

NOSNIFF = {"x-content-type-options": "nosniff"}

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Handler = Callable[["Request"], Awaitable[None]]


class Request:
    """One GET, and the way to answer it."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.begun = False
        self.path = scope["url_route"]["kwargs"]
        self.only_head = scope["method"] == "HEAD"
        self._scope, self._receive, self._send = scope, receive, send
        self._query = parse_qs(scope["query_string"].decode("latin1"), keep_blank_values=True)

    def text(self, name: str) -> str | None:
        """A field of the query, None when it is absent."""
        return self._query[name][0] if name in self._query else None

    def number(self, name: str, default: int, *, most: int = MAX_SEQ) -> int:
        """A whole number of the query. Raises Invalid."""
        return whole_number(self.text(name), name, default, most=most)

    def header(self, name: str) -> str | None:
        """A header, None when it is absent."""
        wanted = name.encode()
        return next((value.decode("latin1") for key, value in self._scope["headers"] if key.lower() == wanted), None)

    async def identity(self) -> Identity:
        """Who asks. Raises Overloaded, Unauthenticated, and Forbidden without the read scope."""
        here = worker()
        here.require_capacity()
        found = claim(self._scope)
        if found is None:
            raise Unauthenticated()
        identity = await here.identify(found)
        if "read" not in identity.scopes:
            raise Forbidden("This token has no read scope.")
        return identity

    async def left(self) -> None:
        """Returns when the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def flow(self) -> Flow | None:
        """How the client of a long answer keeps up, where the server tells; to be ended before the answer is."""
        self._flow: Flow | None = (self._scope.get("extensions") or {}).get(FLOW)
        if self._flow is not None:
            self._flow.attach()
        return self._flow

    def end_flow(self) -> None:
        """Watches the client no longer."""
        if self._flow is not None:
            self._flow.detach()

    async def start(self, status: int, headers: dict[str, str]) -> None:
        """Begins the answer."""
        self.begun = True
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def write(self, data: bytes, *, more: bool = True) -> None:
        """A part of the answer's body, or with `more` False its last."""
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def answer(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """The whole answer, in JSON."""
        plain = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "cache-control": "no-store",
        } | NOSNIFF
        await self.start(status, plain | (headers or {}))
        await self.write(body, more=False)

    async def refuse(self, error: ChatError) -> None:
        """The error envelope with its status."""
        headers = {}
        if error.status == 401:
            headers["www-authenticate"] = "Bearer"
        if error.retry_after_ms is not None:
            headers["retry-after"] = str(-(-error.retry_after_ms // 1000))
        await self.answer(JSON.encode({"error": error_body(error)}), error.status, headers)


def whole_number(text: str | None, name: str, default: int, *, most: int = MAX_SEQ) -> int:
    """`text` as a number from 0 to `most`, `default` for None. Raises Invalid."""
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= most):
        raise Invalid(fields={name: f"A whole number from 0 to {most}."})
    return int(text)


async def first_of(*futures: "asyncio.Future[Any]", seconds: float) -> bool:
    """Waits until one of `futures` is done, at most so long; whether one is."""
    done, _ = await asyncio.wait(futures, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    return bool(done)


def get(handler: Handler) -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    """An ASGI application that answers GET by `handler`; whatever goes wrong before the answer begins is an error."""

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            if scope["method"] not in ("GET", "HEAD"):
                body = JSON.encode({"error": error_body(Invalid("Only GET is answered here."))})
                await request.answer(body, 405, {"allow": "GET"})
                return
            await handler(request)
        except ChatError as error:
            await request.refuse(error)
        except Exception:
            logger.exception("a request to %s failed", scope["path"])
            await (request.write(b"", more=False) if request.begun else request.refuse(Unavailable()))

    return application

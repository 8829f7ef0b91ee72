"""Polling a room's log: the same events and cursors as on a socket, as a plain ASGI app.

A Django view would hold a thread for the time it waits; this one enters a thread only to read.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from chat.domain.errors import ChatError, Forbidden, Invalid, Unauthenticated, Unavailable
from chat.domain.shapes import Limited, LogPage, Reset
from chat.queries.log import events_after
from chat.realtime.auth import Claim, claim, identify
from chat.realtime.bridge import call
from chat.realtime.feed import page
from chat.wire.codecs import JSON, encode_events, error_body
from chat.wire.frames import MISSED, LimitedFrame, ResetFrame

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def poll(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """GET /api/v1/rooms/<slug>/events?after=N&epoch=E&most=M."""
    try:
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, JSON.encode({"error": error_body(Invalid("Only GET."))}))
            return
        found = claim(scope)
        if found is None:
            raise Unauthenticated()
        slug = scope["url_route"]["kwargs"]["slug"]
        status, body = 200, await call(_read, found, slug, scope["query_string"].decode("latin1"))
    except ChatError as error:
        status, body = error.status, JSON.encode({"error": error_body(error)})
    except Exception:
        logger.exception("a poll failed")
        status, body = 503, JSON.encode({"error": error_body(Unavailable())})
    await _answer(send, status, body)


def _read(found: Claim, slug: str, query: str) -> bytes:
    """The answer to a poll; reads the database."""
    identity = identify(found)
    if "read" not in identity.scopes:
        raise Forbidden("This token has no read scope.")
    fields = parse_qs(query, keep_blank_values=True)
    after = _number(fields, "after", 0)
    most = None if fields.get("most") == ["null"] else _number(fields, "most", MISSED)
    epoch = fields["epoch"][0] if "epoch" in fields else None
    return _encode(slug, events_after(identity.viewer, slug, after=after, epoch=epoch), after, most)


def _number(fields: dict[str, list[str]], name: str, default: int) -> int:
    text = fields.get(name, [str(default)])[0]
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise Invalid(fields={name: "A whole number from 0."})
    return int(text)


def _encode(slug: str, found: LogPage | Reset | Limited, after: int, most: int | None) -> bytes:
    if isinstance(found, Reset):
        return JSON.encode(
            ResetFrame(room=slug, reason=found.reason, oldest=found.oldest, head=found.head, epoch=found.epoch)
        )
    if most is not None and found.head - after > most:
        return JSON.encode(LimitedFrame(room=slug, head=found.head, epoch=found.epoch))
    events = page(encode_events(found.events))
    cursor = events[-1].seq if events else found.cursor
    more = "true" if cursor < found.head else "false"
    tail = f'],"cursor":{cursor},"epoch":"{found.epoch}","more":{more}}}'
    return b'{"events":[' + b",".join(event.json for event in events) + tail.encode()


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"cache-control", b"no-store")] + ([(b"www-authenticate", b"Bearer")] if status == 401 else [])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

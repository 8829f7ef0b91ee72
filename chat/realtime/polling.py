"""Polling and long polling of a room's log: the same events and cursors as on a socket."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chat.domain.closing import CloseCode
from chat.domain.errors import Banned, ChatError, NotFound, Unauthenticated
from chat.domain.policy import reaches
from chat.domain.shapes import LogPage, Mute, Reset
from chat.queries.log import events_after
from chat.queries.sanctions import mute_here
from chat.realtime.bridge import call
from chat.realtime.connection import Connection, Shared
from chat.realtime.feed import page
from chat.realtime.http import Request, first_of, get
from chat.realtime.worker import worker
from chat.wire.client import LONGEST_WAIT, MISSED
from chat.wire.codecs.json import JSON
from chat.wire.encoded import Encoded, encode_events
from chat.wire.server import LimitedFrame, ResetFrame, Rooms, ServerFrame

ENDED: dict[CloseCode, type[ChatError]] = {CloseCode.SIGNED_OUT: Unauthenticated, CloseCode.BANNED: Banned}
"""Why a poll is refused whose credentials ended while it waited."""


@dataclass(eq=False, kw_only=True)
class PollConnection(Connection):
    """A long poll: follows its room until the first news of it, which is its answer; None is nothing to tell."""

    present: bool = False
    transport: str = "poll"
    epoch: str
    muted: Mute | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when what its person may do, or their list of rooms, may have changed."""
    news: "asyncio.Future[bytes | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def send(self, frame: ServerFrame, shared: Shared | None = None) -> None:
        if isinstance(frame, LimitedFrame | ResetFrame):
            self._tell(JSON.encode(frame))
        elif isinstance(frame, Rooms):
            self.changed.set()

    def send_events(
        self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False, shared: Shared | None = None
    ) -> None:
        self._tell(_body(events, events[-1].seq, self.epoch, more=more, muted=self.muted))

    def lose(self, room: str) -> None:
        self._fail(NotFound())

    def close(self, code: CloseCode) -> None:
        if code in ENDED:
            self._fail(ENDED[code]())
        else:
            self._tell(None)

    def _tell(self, news: bytes | None) -> None:
        if not self.news.done():
            self.news.set_result(news)

    def _fail(self, error: ChatError) -> None:
        if not self.news.done():
            self.news.set_exception(error)


async def _poll(request: Request) -> None:
    """GET /api/v1/rooms/<slug>/events?after=N&epoch=E&most=M&wait=S."""
    identity = await request.identity()
    slug, after, epoch = request.path["slug"], request.number("after", 0), request.text("epoch")
    most = None if request.text("most") == "null" else request.number("most", MISSED)
    wait = request.number("wait", 0, most=LONGEST_WAIT)
    if not reaches(identity.rooms, slug):
        raise NotFound()
    found, muted = await call(_look, identity.viewer, slug, after, epoch)
    news = None
    if wait and isinstance(found, LogPage) and not found.events:
        connection = PollConnection(epoch=found.epoch, muted=muted)
        connection.sign_in(identity)
        news = await _wait(request, connection, slug, found.cursor, wait)
        muted = connection.muted
    await request.answer(news or _answer(slug, after, most, found, muted))


def _look(viewer: Any, slug: str, after: int, epoch: str | None) -> tuple[LogPage | Reset, Mute | None]:
    return events_after(viewer, slug, after=after, epoch=epoch), mute_here(viewer.pk, slug)


async def _wait(request: Request, connection: PollConnection, slug: str, after: int, wait: int) -> bytes | None:
    """The first news behind `after`; None when none came in time, a mute began or ended, or the client has gone."""
    here = worker()
    here.hub.add(connection)
    here.admit(connection)
    left = asyncio.ensure_future(request.left())
    try:
        _, start = await here.hub.subscribe(connection, slug, after=after, epoch=connection.epoch, most=None)
        start()
        await _listen(connection, slug, left, wait)
        return connection.news.result() if connection.news.done() else None
    finally:
        left.cancel()
        connection.news.cancel()
        here.dismiss(connection)


async def _listen(connection: PollConnection, slug: str, left: "asyncio.Future[None]", wait: int) -> None:
    """Returns when there is something to answer, or nobody to answer it to."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while not (connection.news.done() or left.done()) and (rest := until - loop.time()) > 0:
        changed = asyncio.ensure_future(connection.changed.wait())
        await first_of(connection.news, left, changed, seconds=rest)
        changed.cancel()
        if connection.changed.is_set():
            connection.changed.clear()
            before, connection.muted = connection.muted, await call(mute_here, connection.viewer.pk, slug)
            if (before and before.message) != (connection.muted and connection.muted.message):
                return


def _answer(slug: str, after: int, most: int | None, found: LogPage | Reset, muted: Mute | None) -> bytes:
    if isinstance(found, Reset):
        return JSON.encode(
            ResetFrame(room=slug, reason=found.reason, oldest=found.oldest, head=found.head, epoch=found.epoch)
        )
    if most is not None and found.head - after > most:
        return JSON.encode(LimitedFrame(room=slug, head=found.head, epoch=found.epoch))
    events = page(encode_events(found.events))
    cursor = events[-1].seq if events else found.cursor
    return _body(events, cursor, found.epoch, more=cursor < found.head, muted=muted)


def _body(events: Sequence[Encoded], cursor: int, epoch: str, *, more: bool, muted: Mute | None) -> bytes:
    tail = f'],"cursor":{cursor},"epoch":"{epoch}","more":{"true" if more else "false"}'.encode()
    mute = b"" if muted is None else b',"muted":' + msgspec.json.encode(muted)
    return b'{"events":[' + b",".join(event.json for event in events) + tail + mute + b"}"


poll = get(_poll)

"""Polling and long polling of a room's log: the same events and cursors as on a socket."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from chat.domain.closing import CloseCode
from chat.domain.errors import Banned, ChatError, NotFound, Unauthenticated
from chat.domain.policy import reaches
from chat.domain.shapes import LogPage, Reset
from chat.queries.log import events_after
from chat.realtime.bridge import call
from chat.realtime.connection import Connection, Shared
from chat.realtime.feed import page
from chat.realtime.http import Request, first_of, get
from chat.realtime.identity import Identity
from chat.realtime.worker import worker
from chat.wire.client import LONGEST_WAIT, MISSED
from chat.wire.codecs.json import JSON
from chat.wire.encoded import Encoded, encode_events
from chat.wire.server import LimitedFrame, ResetFrame, ServerFrame

ENDED: dict[CloseCode, type[ChatError]] = {CloseCode.SIGNED_OUT: Unauthenticated, CloseCode.BANNED: Banned}
"""Why a poll is refused whose credentials ended while it waited."""


@dataclass(eq=False, kw_only=True)
class PollConnection(Connection):
    """A long poll: follows its room until the first news of it, which is its answer; None is nothing to tell."""

    present: bool = False
    transport: str = "poll"
    epoch: str
    news: "asyncio.Future[bytes | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def send(self, frame: ServerFrame, shared: Shared | None = None) -> None:
        if isinstance(frame, LimitedFrame | ResetFrame):
            self._tell(JSON.encode(frame))

    def send_events(
        self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False, shared: Shared | None = None
    ) -> None:
        self._tell(_body(events, events[-1].seq, self.epoch, more=more))

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
    found = await call(events_after, identity.viewer, slug, after=after, epoch=epoch)
    if isinstance(found, Reset):
        frame = ResetFrame(room=slug, reason=found.reason, oldest=found.oldest, head=found.head, epoch=found.epoch)
        await request.answer(JSON.encode(frame))
    elif most is not None and found.head - after > most:
        await request.answer(JSON.encode(LimitedFrame(room=slug, head=found.head, epoch=found.epoch)))
    elif found.events or not wait:
        await request.answer(_page(found))
    else:
        news = await _wait(request, identity, slug, found, wait)
        await request.answer(news or _page(found))


async def _wait(request: Request, identity: Identity, slug: str, found: LogPage, wait: int) -> bytes | None:
    """The first news behind `found`, None when there was none in time or the client has gone."""
    here = worker()
    connection = PollConnection(epoch=found.epoch)
    connection.sign_in(identity)
    here.hub.add(connection)
    here.admit(connection)
    left = asyncio.ensure_future(request.left())
    try:
        _, start = await here.hub.subscribe(connection, slug, after=found.cursor, epoch=found.epoch, most=None)
        start()
        await first_of(connection.news, left, seconds=wait)
        return connection.news.result() if connection.news.done() else None
    finally:
        left.cancel()
        connection.news.cancel()
        here.dismiss(connection)


def _page(found: LogPage) -> bytes:
    events = page(encode_events(found.events))
    cursor = events[-1].seq if events else found.cursor
    return _body(events, cursor, found.epoch, more=cursor < found.head)


def _body(events: Sequence[Encoded], cursor: int, epoch: str, *, more: bool) -> bytes:
    tail = f'],"cursor":{cursor},"epoch":"{epoch}","more":{"true" if more else "false"}}}'
    return b'{"events":[' + b",".join(event.json for event in events) + tail.encode()


poll = get(_poll)

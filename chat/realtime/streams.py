"""Server-sent events: the frames of a socket as a stream over plain HTTP, resumable by `Last-Event-ID`."""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError, Invalid
from chat.realtime.connection import Connection, Shared
from chat.realtime.http import NOSNIFF, Request, first_of, get, whole_number
from chat.realtime.worker import Worker, worker
from chat.wire.client import MISSED, MOST_STREAMED
from chat.wire.codecs.json import JSON
from chat.wire.encoded import Encoded
from chat.wire.errors import error_body
from chat.wire.server import ErrorFrame, LimitedFrame, Live, ResetFrame, ServerFrame

RETRY = b"retry: 1000\n\n"
COMMENT = b":\n\n"
SLUG = re.compile(r"[a-z0-9-]{1,64}")
Wanted = dict[str, tuple[int | None, str | None]]
"""Rooms with the cursor (`after`, `epoch`) to follow them from; no `after` is from the head."""
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    **NOSNIFF,
}


@dataclass(eq=False, kw_only=True)
class StreamConnection(Connection):
    """A stream. The `id` of what moves a cursor is the whole cursor: `<epoch>;slug:seq,…`."""

    transport: str = "stream"
    cursors: dict[str, int] = field(default_factory=dict)
    epoch: str = ""
    waiting: deque[bytes] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, frame: ServerFrame, shared: Shared | None = None) -> None:
        moves = isinstance(frame, Live | LimitedFrame | ResetFrame)
        if isinstance(frame, Live | LimitedFrame | ResetFrame):
            self.cursors[frame.room], self.epoch = frame.head, frame.epoch
        self.put(str(frame.__struct_config__.tag), JSON.encode(frame), moves=moves)

    def send_events(
        self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False, shared: Shared | None = None
    ) -> None:
        self.cursors[room] = events[-1].seq
        data = None if shared is None else shared.get(StreamConnection)
        if data is None:
            data = JSON.events(room, after, events, more=more)
            if shared is not None:
                shared[StreamConnection] = data
        self.put("events", data, moves=True)

    def close(self, code: CloseCode) -> None:
        self.news.set()

    def put(self, command: str, data: bytes, *, moves: bool) -> None:
        """Queues an event of the stream, with an id if it moves a cursor."""
        if self.closing:
            return
        cursor = ",".join(f"{room}:{seq}" for room, seq in self.cursors.items())
        mark = f"\nid: {self.epoch};{cursor}" if moves else ""
        self.waiting.append(f"event: {command}{mark}\ndata: ".encode() + data + b"\n\n")
        self.news.set()


async def _stream(request: Request) -> None:
    """GET /api/v1/events/stream?rooms=a:17,b:3&epoch=E."""
    identity = await request.identity()
    wanted = _wanted(request)
    most = None if request.text("most") == "null" else request.number("most", MISSED)
    here = worker()
    connection = StreamConnection(flow=request.flow())
    connection.sign_in(identity)
    here.hub.add(connection)
    here.admit(connection)
    left = asyncio.ensure_future(request.left())
    try:
        await _follow(here, connection, wanted, most)
        await request.start(200, HEADERS)
        if not request.only_head:
            await request.write(RETRY)
            await _pump(request, connection, left)
    finally:
        left.cancel()
        here.dismiss(connection)
        request.end_flow()
    await request.write(b"", more=False)


async def _follow(here: Worker, connection: StreamConnection, wanted: Wanted, most: int | None) -> None:
    """Follows all rooms before any of them delivers, so that the first id is a whole cursor already.

    A room that begins with a reset or a limited frame enters the id with that frame: until then the client must find
    its old cursor again. A refused room is said in an error event; raises its error when all are refused.
    """
    starts: list[Callable[[], None]] = []
    refused: list[tuple[str, ChatError]] = []
    for slug, (after, epoch) in wanted.items():
        try:
            head, start = await here.hub.subscribe(connection, slug, after=after, epoch=epoch, most=most)
        except ChatError as error:
            refused.append((slug, error))
            continue
        starts.append(start)
        connection.epoch = here.hub.epoch
        if after is None or connection.rooms[slug].cursor == after:
            connection.cursors[slug] = head if after is None else after
    if not starts:
        raise refused[0][1]
    for slug, reason in refused:
        connection.send(ErrorFrame(error=error_body(reason), room=slug))
    for start in starts:
        start()
    for slug in connection.rooms:
        connection.send(here.presence.greet(slug, connection))


async def _pump(request: Request, connection: StreamConnection, left: "asyncio.Future[None]") -> None:
    """Writes what waits, and a comment when nothing does, until either side leaves."""
    while not left.done():
        while connection.waiting and not left.done():
            await connection.drained()
            await request.write(connection.waiting.popleft())
        if connection.closing:
            return
        connection.news.clear()
        woken = asyncio.ensure_future(connection.news.wait())
        done = await first_of(woken, left, seconds=conf().COMMENT_SECONDS)
        woken.cancel()
        if not done:
            await request.write(COMMENT)


def _wanted(request: Request) -> Wanted:
    """The rooms with their cursors and epochs; Last-Event-ID wins for rooms named in both."""
    epoch, _, resumed = (request.header("last-event-id") or "").partition(";")
    last = {slug: (seq, epoch) for slug, seq in _rooms(resumed).items()}
    rooms = {slug: (seq, request.text("epoch")) for slug, seq in _rooms(request.text("rooms") or "").items()}
    if not 1 <= len(rooms) <= MOST_STREAMED:
        raise Invalid(fields={"rooms": f"1 to {MOST_STREAMED} rooms, as slug or slug:seq."})
    return {slug: last.get(slug, cursor) for slug, cursor in rooms.items()}


def _rooms(text: str) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for part in filter(None, text.split(",")):
        slug, colon, seq = part.partition(":")
        if not SLUG.fullmatch(slug):
            raise Invalid(fields={"rooms": "Rooms by their slugs, each with :seq or without."})
        found[slug] = whole_number(seq, "rooms", 0) if colon else None
    return found


stream = get(_stream)

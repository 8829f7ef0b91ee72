"""Where sockets, streams and polls are, and what their addresses may carry; the documents describe them by this."""

from typing import Annotated

from msgspec import Meta, Struct

from chat.wire.client import LONGEST_WAIT, MISSED, MOST_STREAMED, Seq

SOCKET = "/ws/"
ROOM_SOCKET = "/ws/rooms/{slug}/"
STREAM = "/api/v1/events/stream"
POLL = "/api/v1/rooms/{slug}/events"

STREAM_WORDS = """The frames of a socket as server-sent events.

`event:` is the frame's command and `data:` the frame in JSON. Frames that move a cursor (`events`, `live`, `limited`,
`reset`) have an `id:` that is the cursor of all rooms, `<epoch>;slug:seq,…`. Sent back as `Last-Event-ID` it resumes
the stream without a gap on any worker, and wins over the address for the rooms named in both. A room that cannot be
followed is told by an `error` event; the request is refused when none can be. Comments keep the connection alive.
"""

ROOM = r"[a-z0-9-]{1,64}(:[0-9]{1,15})?"


class SocketQuery(Struct, frozen=True):
    """What a client without cookie and header may show of itself."""

    ticket: str = ""


class RoomSocketQuery(SocketQuery, frozen=True):
    """The cursor from which to follow the room; without `after` from its head."""

    after: Seq | None = None
    epoch: str | None = None


class StreamQuery(Struct, frozen=True):
    """Rooms with commas between, each as `slug` from its head or as `slug:seq` behind a cursor of `epoch`."""

    rooms: Annotated[str, Meta(pattern=f"^{ROOM}(,{ROOM}){{0,{MOST_STREAMED - 1}}}$")]
    epoch: str | None = None
    most: Annotated[int, Meta(ge=0)] | None = MISSED


class EventsQuery(Struct, frozen=True):
    """The cursor; how many missed events are wanted before the answer is `limited`, `null` for all; and how long an
    empty answer may wait, in seconds."""

    after: Seq = 0
    epoch: str | None = None
    most: Annotated[int, Meta(ge=0)] | None = MISSED
    wait: Annotated[int, Meta(ge=0, le=LONGEST_WAIT)] = 0

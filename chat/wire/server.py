"""What the server says: one object a frame, whose `command` tells which it is."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from chat.domain.closing import CloseCode
from chat.domain.shapes import Event, Person, RoomSummary
from chat.wire.client import FrameId
from chat.wire.errors import ErrorBody
from chat.wire.results import Result


class ServerFrame(Struct, tag_field="command", frozen=True, kw_only=True):
    """What the server says."""


class Limits(Struct, frozen=True):
    """What a client may do at most."""

    body: int
    frame_bytes: int
    rooms_per_subscribe: int
    subscriptions: int
    send_burst: int
    send_per_second: float


class Hello(ServerFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame of a socket; `person` is null and `rooms` empty until the client has authenticated."""

    protocol: Literal["chat.v1"] = "chat.v1"
    connection_id: str
    epoch: str
    person: Person | None
    rooms: list[RoomSummary]
    limits: Limits
    heartbeat_interval_ms: int
    server_time: datetime


class Reply(ServerFrame, frozen=True, tag="reply"):
    """The answer to the client frame with this `id`."""

    id: FrameId
    result: Result | UnsetType = UNSET
    error: ErrorBody | UnsetType = UNSET


class ErrorFrame(ServerFrame, frozen=True, tag="error", omit_defaults=True):
    """The answer to a frame that could not be read, or that had no `id` and was refused; of a room not followed."""

    error: ErrorBody
    room: str | None = None


class Events(ServerFrame, frozen=True, tag="events", omit_defaults=True):
    """Events of a room, contiguous from `after`; `more` on all pages of a catch-up but the last."""

    room: str
    after: int
    events: list[Event] | list[Raw]
    more: bool = False


class Live(ServerFrame, frozen=True, tag="live"):
    """Catch-up of a room is over."""

    room: str
    head: int
    epoch: str


class LimitedFrame(ServerFrame, frozen=True, tag="limited"):
    """More was missed than asked for; live from `head`, read the newest page."""

    room: str
    head: int
    epoch: str


class ResetFrame(ServerFrame, frozen=True, tag="reset"):
    """The cursor is unknown; live from `head`, discard the room and read the newest page."""

    room: str
    reason: Literal["epoch", "ahead", "trimmed"]
    oldest: int
    head: int
    epoch: str


class TypingPerson(Struct, frozen=True):
    """Somebody, as far as ephemeral frames show them."""

    username: str
    display_name: str


class Typing(ServerFrame, frozen=True, tag="typing"):
    """Somebody is writing in a room; forget it after a few seconds."""

    room: str
    person: TypingPerson


class Presence(ServerFrame, frozen=True, tag="presence"):
    """Who follows a room now: how many, and by name as long as they are few."""

    room: str
    count: int
    people: list[TypingPerson]


class Read(ServerFrame, frozen=True, tag="read"):
    """One's own read mark moved, here or on another device."""

    room: str
    seq: int


class Rooms(ServerFrame, frozen=True, tag="rooms", omit_defaults=True):
    """One's list of rooms changed, or what one may do in them; `reports`: or a report of one's own was decided on."""

    reports: bool = False


class ServerPing(ServerFrame, frozen=True, tag="ping"):
    """The heartbeat with the heads of the subscribed rooms."""

    heads: dict[str, int]


class ServerPong(ServerFrame, frozen=True, tag="pong"):
    """The answer to a ping without an id."""


class Disconnect(ServerFrame, frozen=True, tag="disconnect", omit_defaults=True):
    """The server is about to close; `retry` says whether to come back."""

    code: CloseCode
    reason: str
    retry: bool
    retry_after_ms: int | None = None


AnyServerFrame = (
    Hello
    | Reply
    | ErrorFrame
    | Events
    | Live
    | LimitedFrame
    | ResetFrame
    | Typing
    | Presence
    | Read
    | Rooms
    | ServerPing
    | ServerPong
    | Disconnect
)

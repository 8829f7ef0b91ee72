"""Every frame of the wire: what a client may say, and what the server says.

A frame is one object whose `command` tells which it is. Unknown fields are ignored, so that new ones break nobody.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chat.domain.shapes import Person, RoomSummary

FRAME_BYTES = 64 * 1024
"""The largest frame a client may send."""
MOST_ROOMS = 100
"""Rooms of one `subscribe`."""
MOST_SUBSCRIPTIONS = 500
"""Rooms of one socket."""
MISSED = 2000
"""How many missed events a client gets unless it says `most`."""

FrameId = Annotated[str, Meta(max_length=64)] | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None
Slug = Annotated[str, Meta(max_length=64)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class ClientFrame(Struct, tag_field="command", frozen=True, kw_only=True):
    """What a client says; with an `id` it gets a `reply` that carries the same."""

    id: FrameId = None


class Authenticate(ClientFrame, frozen=True, tag="authenticate"):
    """The first frame of a client without cookie and header: one of a single-use ticket and a token."""

    ticket: str = ""
    token: str = ""


class Refresh(ClientFrame, frozen=True, tag="refresh"):
    """New credentials of the same person, without reconnecting."""

    token: str


class Subscription(Struct, frozen=True, kw_only=True):
    """A room to follow: behind the cursor (`epoch`, `after`) or from the head; `most` null means all missed events."""

    room: Slug
    after: Seq | None = None
    epoch: str | None = None
    most: Annotated[int, Meta(ge=0)] | None = MISSED


class Subscribe(ClientFrame, frozen=True, tag="subscribe"):
    """Follow one room (`room` and its fields), or several (`rooms`)."""

    room: Slug | None = None
    after: Seq | None = None
    epoch: str | None = None
    most: Annotated[int, Meta(ge=0)] | None = MISSED
    rooms: Annotated[list[Subscription], Meta(max_length=MOST_ROOMS)] = []


class Unsubscribe(ClientFrame, frozen=True, tag="unsubscribe"):
    """Follow a room no longer."""

    room: Slug


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message to send."""

    client_id: str
    body: str
    reply_to: Seq | None = None


class SendMessage(ClientFrame, frozen=True, tag="send-message"):
    """Write a message."""

    room: Slug
    message: Outgoing


class OnMessage(ClientFrame, frozen=True):
    """A command on one message."""

    room: Slug
    seq: Seq


class EditMessage(OnMessage, frozen=True, tag="edit-message"):
    """Give one's own message another text."""

    body: str


class DeleteMessage(OnMessage, frozen=True, tag="delete-message"):
    """Erase a message."""

    reason: str = ""


class AddReaction(OnMessage, frozen=True, tag="add-reaction"):
    """React with an emoji."""

    emoji: str


class RemoveReaction(OnMessage, frozen=True, tag="remove-reaction"):
    """Take one's reaction back."""

    emoji: str


class PinMessage(OnMessage, frozen=True, tag="pin-message"):
    """Pin a message for all."""


class UnpinMessage(OnMessage, frozen=True, tag="unpin-message"):
    """Take the pin off."""


class MarkRead(ClientFrame, frozen=True, tag="mark-read"):
    """Move one's read mark forward, or with `back` to an earlier place."""

    room: Slug
    seq: Seq
    back: bool = False


class SetTyping(ClientFrame, frozen=True, tag="set-typing"):
    """Tell the room that one is writing."""

    room: Slug


class Ping(ClientFrame, frozen=True, tag="ping"):
    """Ask for a pong."""


class Pong(ClientFrame, frozen=True, tag="pong"):
    """Answer the server's ping; optional."""


AnyClientFrame = (
    Authenticate
    | Refresh
    | Subscribe
    | Unsubscribe
    | SendMessage
    | EditMessage
    | DeleteMessage
    | AddReaction
    | RemoveReaction
    | PinMessage
    | UnpinMessage
    | MarkRead
    | SetTyping
    | Ping
    | Pong
)


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


class ErrorBody(Struct, frozen=True, omit_defaults=True):
    """A refusal: `code` for programs, `message` for people, `fields` with a sentence for each faulty input."""

    code: str
    message: str
    retry_after_ms: int | None = None
    fields: dict[str, str] | None = None


class Reply(ServerFrame, frozen=True, tag="reply"):
    """The answer to the client frame with this `id`."""

    id: FrameId
    result: Any | UnsetType = UNSET
    error: ErrorBody | UnsetType = UNSET


class ErrorFrame(ServerFrame, frozen=True, tag="error", omit_defaults=True):
    """The answer to a frame that could not be read, or that had no `id` and was refused; of a room not followed."""

    error: ErrorBody
    room: str | None = None


class Subscribed(Struct, frozen=True):
    """A room that is followed now, and its head."""

    room: str
    head: int


class NotSubscribed(Struct, frozen=True):
    """A room that is not followed, and why."""

    room: str
    error: ErrorBody


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


class Rooms(ServerFrame, frozen=True, tag="rooms"):
    """One's list of rooms changed."""


class ServerPing(ServerFrame, frozen=True, tag="ping"):
    """The heartbeat with the heads of the subscribed rooms."""

    heads: dict[str, int]


class ServerPong(ServerFrame, frozen=True, tag="pong"):
    """The answer to a ping without an id."""


class Disconnect(ServerFrame, frozen=True, tag="disconnect", omit_defaults=True):
    """The server is about to close; `retry` says whether to come back."""

    code: int
    reason: str
    retry: bool
    retry_after_ms: int | None = None

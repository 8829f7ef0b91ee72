"""What a client may say.

A frame is one object whose `command` tells which it is. Unknown fields are ignored, so that new ones break nobody.
"""

from typing import Annotated

from msgspec import Meta, Struct

FRAME_BYTES = 64 * 1024
"""The largest frame a client may send."""
MOST_ROOMS = 100
"""Rooms of one `subscribe`."""
MOST_SUBSCRIPTIONS = 500
"""Rooms of one socket."""
MISSED = 2000
"""How many missed events a client gets unless it says `most`."""
MOST_STREAMED = 50
"""Rooms of one stream."""
LONGEST_WAIT = 30
"""Seconds that a long poll may wait."""

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

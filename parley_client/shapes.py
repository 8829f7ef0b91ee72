"""The shapes of the wire as values. What is unknown here is ignored, so that newer servers break nobody."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Raw, Struct
from msgspec.json import Decoder


class Cursor(NamedTuple):
    """A place in a room's log: the last event seen, and the epoch of the database it was seen in."""

    seq: int
    epoch: str = ""


START = Cursor(0)
"""Before the first event of any room."""


class Person(Struct, frozen=True):
    """Somebody."""

    id: int
    username: str
    display_name: str
    kind: str = "person"
    avatar: str | None = None


class Reaction(Struct, frozen=True):
    """One emoji on a message: how many people chose it, and the first of them."""

    emoji: str
    count: int
    people: list[str]


class Deletion(Struct, frozen=True):
    """When, by whom and why a message was deleted."""

    at: datetime
    by: str
    reason: str


class Message(Struct, frozen=True):
    """A message; of two states the one with the higher `version` is true."""

    room: str
    seq: int
    version: int
    client_id: str
    author: Person
    body: str
    html: str
    reply_to: int | None
    mentions: list[str]
    reactions: list[Reaction]
    pinned: bool
    created_at: datetime
    edited_at: datetime | None
    deleted: Deletion | None


class Room(Struct, frozen=True):
    """A room; `room` is its slug."""

    room: str
    title: str
    topic: str
    kind: str
    archived: bool
    created_at: datetime
    people: list[Person]
    announcements: bool = False
    slow_seconds: int = 0


class Member(Struct, frozen=True):
    """A person's place in a room."""

    person: Person
    role: str


class Event(Struct, frozen=True):
    """Something that happened in a room, of a kind that may not be known here."""

    seq: int
    kind: str
    at: datetime
    actor: str


class MessageEvent(Event, frozen=True):
    """A message was written, edited, deleted or restored; carries its newest state."""

    message: Message


class ReactionEvent(Event, frozen=True):
    """Somebody reacted, or took it back; `message` is the seq of the message."""

    message: int
    version: int
    emoji: str
    reactions: list[Reaction]


class PinEvent(Event, frozen=True):
    """A message was pinned or unpinned; `message` is its seq."""

    message: int
    version: int


class MemberEvent(Event, frozen=True):
    """Somebody joined, left, or has another role."""

    member: Member


class RoomEvent(Event, frozen=True):
    """The room has another title, topic or state."""

    room: Room


class Snapshot(Struct, frozen=True, kw_only=True):
    """The newest page of a room, newest message first: forget what you hold of the room and begin with this.

    `reason` is "start" when it was asked for, "limited" when too much was missed, otherwise why the server no longer
    knows the cursor. What follows is behind (`epoch`, `head`).
    """

    kind: str = "snapshot"
    room: str
    reason: str
    head: int
    epoch: str
    messages: list[Message]


class Page(Struct, frozen=True):
    """Messages newest first; `next` leads to older ones, `previous` to newer ones."""

    results: list[Message]
    next: str | None
    previous: str | None
    head: int
    epoch: str


class _Header(Struct):
    kind: str


_HEADER = Decoder(_Header)
_KINDS: dict[str, type[Event]] = {
    "message.created": MessageEvent,
    "message.edited": MessageEvent,
    "message.deleted": MessageEvent,
    "message.restored": MessageEvent,
    "reaction.added": ReactionEvent,
    "reaction.removed": ReactionEvent,
    "message.pinned": PinEvent,
    "message.unpinned": PinEvent,
    "member.joined": MemberEvent,
    "member.left": MemberEvent,
    "member.changed": MemberEvent,
    "room.changed": RoomEvent,
}
_DECODERS = {kind: Decoder(shape) for kind, shape in _KINDS.items()}
_ANY = Decoder(Event)


def decode_event(data: Raw | bytes) -> Event:
    """An event as the fitting class. Raises msgspec.DecodeError."""
    return _DECODERS.get(_HEADER.decode(data).kind, _ANY).decode(data)

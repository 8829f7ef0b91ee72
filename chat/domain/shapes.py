"""The public shapes: what a message, a room, a member and an event look like on every transport and in every format.

They are values, built by queries and services and encoded as they stand, so REST and sockets cannot drift apart. No
shape depends on who looks at it. Times are aware and in UTC; `seq` and `version` count within one room.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Time = Annotated[datetime, Meta(tz=True)]
RoomKind = Literal["open", "private", "direct"]
RoleName = Literal["owner", "moderator", "member", "guest"]


class Person(Struct, frozen=True):
    """Somebody, as everyone may see them."""

    id: int
    username: str
    display_name: str
    kind: Literal["person", "bot"] = "person"
    avatar: str | None = None


class Reaction(Struct, frozen=True):
    """One emoji on a message: how many people chose it, and the first 50 of them by username."""

    emoji: str
    count: int
    people: list[str]


class Deletion(Struct, frozen=True):
    """When, by whom and why a message was deleted. Its text is gone."""

    at: Time
    by: Literal["author", "moderator"]
    reason: str


class Message(Struct, frozen=True):
    """A message in its newest state; of two states the one with the higher `version` is true."""

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
    created_at: Time
    edited_at: Time | None
    deleted: Deletion | None


class Room(Struct, frozen=True):
    """A room; `room` is its slug. `people` is filled for direct rooms alone, whose title it replaces.

    With `announcements` only moderators and owners write here. Between two messages of anybody else `slow_seconds`
    pass.
    """

    room: str
    title: str
    topic: str
    kind: RoomKind
    archived: bool
    created_at: Time
    people: list[Person]
    announcements: bool = False
    slow_seconds: int = 0


class Mute(Struct, frozen=True):
    """Why somebody may not write, in words with the reason, and how long that lasts; null is until it is lifted."""

    message: str
    retry_after_ms: int | None = None


class RoomSummary(Struct, frozen=True):
    """A room in somebody's list: up to where they have read, what waits for them behind it, whether they are muted."""

    room: str
    title: str
    topic: str
    kind: RoomKind
    archived: bool
    created_at: Time
    people: list[Person]
    role: RoleName | None
    head: int
    read: int
    unread: int
    mentions: int
    announcements: bool = False
    slow_seconds: int = 0
    muted: Mute | None = None


class Member(Struct, frozen=True):
    """A person's place in a room."""

    person: Person
    role: RoleName


class MessageEvent(Struct, frozen=True):
    """A message was written, edited, deleted or brought back; carries its newest state."""

    seq: int
    kind: Literal["message.created", "message.edited", "message.deleted", "message.restored"]
    at: Time
    actor: str
    message: Message


class ReactionEvent(Struct, frozen=True):
    """Somebody reacted, or took it back; carries the newest reactions of the message `message` (its seq)."""

    seq: int
    kind: Literal["reaction.added", "reaction.removed"]
    at: Time
    actor: str
    message: int
    version: int
    emoji: str
    reactions: list[Reaction]


class PinEvent(Struct, frozen=True):
    """A message was pinned or unpinned."""

    seq: int
    kind: Literal["message.pinned", "message.unpinned"]
    at: Time
    actor: str
    message: int
    version: int


class MemberEvent(Struct, frozen=True):
    """Somebody joined, left, or has another role, name or picture."""

    seq: int
    kind: Literal["member.joined", "member.left", "member.changed"]
    at: Time
    actor: str
    member: Member


class RoomEvent(Struct, frozen=True):
    """The room has another title, topic or state; carries its newest state."""

    seq: int
    kind: Literal["room.changed"]
    at: Time
    actor: str
    room: Room


Event = MessageEvent | ReactionEvent | PinEvent | MemberEvent | RoomEvent

NARROWING_KINDS = frozenset({"member.left", "member.changed", "room.changed"})
"""Kinds after which somebody may see less than before: whoever delivers asks the policy anew behind one."""


class HistoryPage(Struct, frozen=True):
    """Messages newest first, with the log position (`epoch`, `head`) from which to follow on without a gap."""

    messages: list[Message]
    head: int
    epoch: str
    has_older: bool
    has_newer: bool


class LogPage(Struct, frozen=True):
    """Events behind a cursor, in order and without a hole; `cursor` is where they end."""

    events: list[Event]
    cursor: int
    epoch: str
    head: int
    more: bool


class Reset(Struct, frozen=True):
    """The cursor is unknown here: discard what is held of the room and read it anew."""

    room: str
    reason: Literal["epoch", "ahead", "trimmed"]
    oldest: int
    head: int
    epoch: str

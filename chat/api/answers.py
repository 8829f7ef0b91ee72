"""What the API answers beside the shapes of the chat itself: lists with their neighbours, tokens, the session."""

from collections.abc import Sequence
from typing import Any, Generic, Literal, Self, TypeVar

from msgspec import Struct

from chat.api.bodies import ScopeName
from chat.domain import shapes
from chat.queries.reactions import OwnReactions
from chat.queries.shapes import person_shape

Item = TypeVar("Item")


class Page(Struct, Generic[Item], frozen=True, kw_only=True):
    """A list, with the addresses of what comes behind and before it."""

    results: list[Item]
    next: str | None = None
    previous: str | None = None


class MyRooms(Page[shapes.RoomSummary], frozen=True, kw_only=True):
    """The rooms one belongs to, by name in addresses; a log followed from (`epoch`, `head`) goes on from the counts."""

    epoch: str


class OpenRooms(Page[shapes.Room], frozen=True):
    """Open rooms, by name in addresses."""


class Members(Page[shapes.Member], frozen=True):
    """The members of a room, by username."""


class People(Page[shapes.Person], frozen=True):
    """People, by username."""


class MyReactions(Page[OwnReactions], frozen=True):
    """One's own reactions, by message, the newest first."""


class History(Page[shapes.Message], frozen=True):
    """Messages, the newest first; `next` are older ones. The log followed from (`epoch`, `head`) leaves no gap."""

    head: int
    epoch: str


class Sanction(Struct, frozen=True):
    """A mute or ban in force; without `room` everywhere, without `ends_at` until it is lifted."""

    id: int
    kind: Literal["mute", "ban"]
    person: shapes.Person
    room: str | None
    reason: str
    made_by: shapes.Person
    begun_at: shapes.Time
    ends_at: shapes.Time | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The public side of a stored one."""
        return cls(
            id=row.pk,
            kind=row.kind,
            person=person_shape(row.person),
            room=row.room and row.room.slug,
            reason=row.reason,
            made_by=person_shape(row.made_by),
            begun_at=row.begun_at,
            ends_at=row.ends_at,
        )


class Sanctions(Page[Sanction], frozen=True):
    """Mutes and bans in force, the newest first."""


class Removed(Struct, frozen=True):
    """How many messages were removed."""

    removed: int


class Report(Struct, frozen=True):
    """One's report of a message: what became of it by `state`, and why by `answer` once moderators have decided."""

    room: str
    seq: int
    reason: str
    at: shapes.Time
    state: Literal["open", "agreed", "disagreed", "ignored"]
    answer: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """The side of a stored one that its author sees."""
        case = row.case
        return cls(case.message.room.slug, case.message.seq, row.reason, row.at, case.state, case.answer)


class ReadMark(Struct, frozen=True):
    """Up to where one has read a room, and what waits behind it."""

    seq: int
    head: int
    unread: int
    mentions: int


class Session(Struct, frozen=True):
    """Who is calling, null for nobody, and what the credential allows."""

    person: shapes.Person | None
    scopes: Sequence[ScopeName]


class Token(Struct, frozen=True):
    """A token without its text; without `rooms` it reaches all that its person may enter."""

    id: int
    name: str
    scopes: list[ScopeName]
    rooms: list[str]
    created_at: shapes.Time
    expires_at: shapes.Time | None
    last_used_at: shapes.Time | None

    @classmethod
    def of(cls, row: Any, **more: Any) -> Self:
        """The public side of a stored token."""
        return cls(
            id=row.pk,
            name=row.name,
            scopes=row.scopes,
            rooms=row.rooms,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            **more,
        )


class CreatedToken(Token, frozen=True, kw_only=True):
    """A token just made; `token` is its text, which is shown this once."""

    token: str


class Ticket(Struct, frozen=True):
    """A ticket just made; `ticket` is its text, which opens one socket until `expires_at`."""

    ticket: str
    expires_at: shapes.Time


class Tokens(Page[Token], frozen=True):
    """One's tokens, the newest first."""

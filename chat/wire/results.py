"""What a `reply` carries when its command was done."""

from msgspec import Struct

from chat.domain.shapes import Message, Person, RoomSummary
from chat.wire.errors import ErrorBody


class Done(Struct, frozen=True):
    """There is no more to tell."""


class MessageResult(Struct, frozen=True):
    """The message as it stands now."""

    message: Message


class HeldResult(Struct, frozen=True):
    """The message waits for a moderator; once approved it comes as an event."""

    held: bool = True


class SignedIn(Struct, frozen=True):
    """Whose the socket is, and their rooms."""

    person: Person
    rooms: list[RoomSummary]


class Subscribed(Struct, frozen=True):
    """A room that is followed now, and its head."""

    room: str
    head: int


class NotSubscribed(Struct, frozen=True):
    """A room that is not followed, and why."""

    room: str
    error: ErrorBody


class Following(Struct, frozen=True):
    """Each room of a `subscribe`, in its order."""

    rooms: list[Subscribed | NotSubscribed]


Result = Done | MessageResult | HeldResult | SignedIn | Following

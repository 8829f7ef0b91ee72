"""What requests carry: their bodies and query strings. Unknown fields are ignored."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from chat.domain.limits import SLOWEST
from chat.domain.shapes import RoleName
from chat.queries.history import MOST as MOST_MESSAGES
from chat.wire.client import Seq

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
"""A name that is looked up as it stands; PostgreSQL refuses NUL even there."""

Username = Annotated[str, Meta(max_length=150, pattern=PRINTABLE)]
Text = Annotated[str, Meta(max_length=150, pattern=PRINTABLE)]
Limit = Annotated[int, Meta(ge=1, le=MOST_MESSAGES)]
SlowSeconds = Annotated[int, Meta(ge=0, le=SLOWEST)]
ScopeName = Literal["read", "write", "moderate"]


def _require_sensible(**times: datetime | None) -> None:
    """Times that every database and time zone can hold. Raises ValueError."""
    for name, time in times.items():
        if time is not None and not 2000 < time.year < 9999:
            raise ValueError(f"{name} is out of range")


class Credentials(Struct, frozen=True):
    """A name and its password."""

    username: Username
    password: str


class NewToken(Struct, frozen=True):
    """The token to make; `username` and `password` only where there is no session, `rooms` the only ones it reaches."""

    name: str
    scopes: list[ScopeName] = field(default_factory=lambda: ["read", "write"])
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    rooms: Annotated[list[Text], Meta(max_length=100)] = field(default_factory=list)
    username: Username | None = None
    password: str | None = None

    def __post_init__(self) -> None:
        _require_sensible(expires_at=self.expires_at)


class RoomsQuery(Struct, frozen=True):
    """Which rooms: one's own, or the open ones behind the room `after` whose name or title contains `q`."""

    scope: Literal["mine", "open"] = "mine"
    q: Text = ""
    after: Text = ""
    limit: Limit = MOST_MESSAGES


class NewRoom(Struct, frozen=True):
    """The room to make; `room` is its name in addresses, for ever."""

    room: str
    title: str = ""
    topic: str = ""
    kind: Literal["open", "private"] = "open"
    announcements: bool = False
    slow_seconds: SlowSeconds = 0


class RoomChange(Struct, frozen=True):
    """What of the room is to change."""

    title: str | None = None
    topic: str | None = None
    announcements: bool | None = None
    slow_seconds: SlowSeconds | None = None


class NewDirectRoom(Struct, frozen=True):
    """The other people of the direct room, by username."""

    people: Annotated[list[Username], Meta(max_length=50)]


class NewMember(Struct, frozen=True):
    """Who is to belong to the room, and as what."""

    username: Username
    role: RoleName = "member"


class RoleChange(Struct, frozen=True):
    """The role from now on."""

    role: RoleName


class HistoryQuery(Struct, frozen=True):
    """Which messages: the newest, or those `before`, `after` or `around` a seq; the bounds are exclusive.

    With `reply_to` only those that answer the message of this seq.
    """

    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    reply_to: Seq | None = None
    limit: Limit = 50


class NewMessage(Struct, frozen=True):
    """The message to send; `client_id` is the client's own name for it, the same whenever it is sent again."""

    client_id: str
    body: str
    reply_to: Seq | None = None


class Edit(Struct, frozen=True):
    """The text from now on."""

    body: str


class Removal(Struct, frozen=True):
    """Why a message is deleted; everyone may read it."""

    reason: str = ""


class Why(Struct, frozen=True):
    """Why; the audit log keeps it."""

    reason: str = ""


class NewReport(Struct, frozen=True):
    """What is wrong with a message, for the moderators to read."""

    reason: str


class NewSanction(Struct, frozen=True):
    """Who is to be muted or banned, why, and until when; without `ends_at` until it is lifted."""

    username: Username
    kind: Literal["mute", "ban"]
    reason: str
    ends_at: Annotated[datetime, Meta(tz=True)] | None = None

    def __post_init__(self) -> None:
        _require_sensible(ends_at=self.ends_at)


class NewRemovals(Struct, frozen=True):
    """Whose messages are to be removed, why, and of which time: from `since` until before `until`, or now."""

    username: Username
    reason: str
    since: Annotated[datetime, Meta(tz=True)]
    until: Annotated[datetime, Meta(tz=True)] | None = None

    def __post_init__(self) -> None:
        _require_sensible(since=self.since, until=self.until)


class SanctionsQuery(Struct, frozen=True):
    """Those made before the one with the id `before`."""

    before: Seq | None = None
    limit: Limit = 50


class RangeQuery(Struct, frozen=True):
    """Messages between two seqs, both exclusive, the newest first."""

    before: Seq | None = None
    after: Seq = 0
    limit: Limit = MOST_MESSAGES


class Mark(Struct, frozen=True):
    """Up to where the room is read; only `back` moves the mark to an earlier place."""

    seq: Seq
    back: bool = False


class PeopleQuery(Struct, frozen=True):
    """People behind the username `after` whose username or name contains `q`."""

    q: Text = ""
    after: Text = ""
    limit: Limit = 50


class ProfileChange(Struct, frozen=True):
    """What of one's own profile is to change."""

    display_name: str

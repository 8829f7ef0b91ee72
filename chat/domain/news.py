"""What is announced after a commit: the services say it, the transports carry it."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from chat.domain.shapes import Event


class RoomEvents(Struct, frozen=True):
    """Events that just became part of a room's log, contiguous from `after`."""

    room: str
    after: int
    events: Sequence[Event]


class PersonNews(Struct, frozen=True):
    """Something for one person's own devices: `read` (a read mark moved), `rooms` (their list changed) or `reports`
    (one of theirs was decided on)."""

    user_id: int
    command: Literal["read", "rooms", "reports"]
    room: str = ""
    seq: int = 0


RIGHTS = "rights"
"""A credential that nobody has: where it is revoked nothing ends, and its person looks again at what they may do."""


class Revoked(Struct, frozen=True):
    """Somebody's credentials ended; an empty credential means all of them, by a ban if they were `banned`;
    RIGHTS means none."""

    number: int
    user_id: int
    credential: str
    banned: bool = False


News = RoomEvents | PersonNews | Revoked

"""Somebody who has proven who they are."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from chat.domain.shapes import Person


class Identity(Struct, frozen=True):
    """A person behind a credential: `viewer` for the queries, `credential` names by what, `scopes` what it allows.

    `rooms` are the only ones it reaches, none for all.

    `expires_at` is when the credential ends by itself, None for never; `asked_at` when it was looked up, on the clock
    of the loop: what was revoked since is not yet in it.
    """

    viewer: Any
    person: Person
    credential: str
    scopes: frozenset[str]
    expires_at: datetime | None
    asked_at: float = 0.0
    rooms: frozenset[str] = frozenset()

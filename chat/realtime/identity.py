"""Somebody who has proven who they are."""

from typing import Any

from msgspec import Struct

from chat.domain.shapes import Person


class Identity(Struct, frozen=True):
    """A person behind a credential: `viewer` for the queries, `credential` names by what, `scopes` what it allows."""

    viewer: Any
    person: Person
    credential: str
    scopes: frozenset[str]

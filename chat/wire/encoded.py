"""Events as the hub carries them: encoded once, and turned into another format once for all who speak it."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import msgspec

from chat.domain.shapes import NARROWING_KINDS, Event, MessageEvent


class Encoded(msgspec.Struct, frozen=True, dict=True):
    """An event: its number, its JSON, and what the hub must know without decoding it.

    `narrowing`: somebody may see less behind it. `rewrites`: the seq of a message whose older states must not be
    shown any more.
    """

    seq: int
    json: bytes
    narrowing: bool
    rewrites: int | None

    @cached_property
    def _forms(self) -> dict[str, bytes]:
        return {}

    def form(self, name: str, make: Callable[[Any], bytes]) -> bytes:
        """The event in another format, made from its JSON by the first who asks for it."""
        if name not in self._forms:
            self._forms[name] = make(msgspec.json.decode(self.json))
        return self._forms[name]


def encode_event(event: Event) -> Encoded:
    """An event for the hub."""
    rewrites = event.message.seq if isinstance(event, MessageEvent) and event.kind != "message.created" else None
    return Encoded(event.seq, msgspec.json.encode(event), event.kind in NARROWING_KINDS, rewrites)


def encode_events(events: Iterable[Event]) -> list[Encoded]:
    """Events for the hub, in the same order."""
    return [encode_event(event) for event in events]

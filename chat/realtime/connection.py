"""Who follows rooms here: who is behind a connection, what it follows, and how a frame gets onto it."""

import asyncio
import itertools
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chat.domain.closing import REASONS, CloseCode
from chat.domain.errors import NotFound
from chat.domain.policy import reaches
from chat.domain.shapes import Person
from chat.realtime.feed import PAGE_EVENTS
from chat.realtime.framing import frame_binary, frame_text
from chat.realtime.identity import Identity
from chat.telemetry import CLOSES, log
from chat.wire.codecs.base import Codec
from chat.wire.encoded import Encoded
from chat.wire.server import Disconnect, Rooms, ServerFrame

logger = logging.getLogger(__name__)


class Flow(Protocol):
    """How a client keeps up, as the server tells it; see flow.py."""

    full: bool
    on_drain: Callable[[], None]

    def unsent(self) -> int: ...


_numbers = itertools.count(1)
_process = secrets.token_hex(4)


@dataclass(eq=False, slots=True)
class Following:
    """A room that a socket follows: its cursor, whether it is live or still catching up, how many events it reads from
    the log next, and until when (of the loop's time) nobody is told that its person types."""

    cursor: int
    live: bool = False
    reads: int = PAGE_EVENTS
    silent_until: float = 0.0


Shared = dict[Any, bytes]
"""What one delivery has encoded already, by kind of connection: the same bytes go to all of a kind."""


@dataclass(eq=False, kw_only=True)
class Connection(ABC):
    """Somebody who follows rooms on this worker, by whatever transport.

    `viewer` is whom the queries are asked for; `credential` names what they signed in with, so that a revocation finds
    it; `scopes` limits what a token may do and `only` (none for all) the rooms it reaches. `present` tells whether the
    person counts as being here.
    """

    viewer: Any = None
    person: Person | None = None
    credential: str = ""
    scopes: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    asked_at: float = 0.0
    present: bool = True
    transport: str = "socket"
    rooms: dict[str, Following] = field(default_factory=dict)
    closing: bool = False
    flow: Flow | None = None
    id: str = field(default_factory=lambda: f"{_process}-{next(_numbers)}")
    _on_drain: list[Callable[[], object]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether the client does not read as fast as it is written to, so that nothing more should be written."""
        return self.flow is not None and self.flow.full

    async def drained(self) -> None:
        """Returns when the client has read enough to be written to again, or has gone."""
        while self.flow is not None and self.flow.full and not self.closing:
            drained = asyncio.Event()
            self._on_drain.append(drained.set)
            self.flow.on_drain = self.wake
            await drained.wait()

    def wake(self) -> None:
        """Lets go on whoever waits for the client to read."""
        waiting, self._on_drain = self._on_drain, []
        for go_on in waiting:
            go_on()

    def sign_in(self, identity: Identity) -> None:
        """Is somebody's from now on."""
        self.viewer, self.person = identity.viewer, identity.person
        self.credential, self.scopes, self.only = identity.credential, identity.scopes, identity.rooms
        self.expires_at, self.asked_at = identity.expires_at, identity.asked_at

    def require_reach(self, room: str) -> None:
        """Raises NotFound for a room that the credential is not for."""
        if not reaches(self.only, room):
            raise NotFound()

    @abstractmethod
    def send(self, frame: ServerFrame, shared: Shared | None = None) -> None:
        """Sends one frame; returns at once and never raises. Nothing follows the last word of `disconnect`."""

    @abstractmethod
    def send_events(
        self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False, shared: Shared | None = None
    ) -> None:
        """Sends events of a room, contiguous from `after`; returns at once and never raises."""

    def lose(self, room: str) -> None:
        """Is told that it may not follow a room any longer."""
        self.send(Rooms())

    @abstractmethod
    def close(self, code: CloseCode) -> None:
        """Ends the transport."""

    def disconnect(self, code: CloseCode, *, retry_after_ms: int | None = None) -> None:
        """Says why, and closes."""
        if self.closing:
            return
        self.send(Disconnect(code=code, reason=REASONS[code], retry=code.retry, retry_after_ms=retry_after_ms))
        self.closing = True
        self.wake()
        self.close(code)
        CLOSES.labels(code=int(code)).inc()
        log.debug("disconnected", connection=self.id, code=int(code))


@dataclass(eq=False, kw_only=True)
class SocketConnection(Connection):
    """A WebSocket. `write` takes whole WebSocket frames when `framed`, else payloads; `shut` ends the socket."""

    codec: Codec
    write: Callable[[bytes], None]
    framed: bool
    shut: Callable[[CloseCode], None]

    def __post_init__(self) -> None:
        self._kind = (self.codec.subprotocol, self.framed)
        """All sockets of a kind are sent the same bytes."""

    def send(self, frame: ServerFrame, shared: Shared | None = None) -> None:
        if not self.closing:
            self._send(self._encoded(shared) or self._encode(self.codec.encode(frame), shared))

    def send_events(
        self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False, shared: Shared | None = None
    ) -> None:
        if not self.closing:
            data = self._encoded(shared) or self._encode(self.codec.events(room, after, events, more=more), shared)
            self._send(data)

    def close(self, code: CloseCode) -> None:
        self.shut(code)

    def _encoded(self, shared: Shared | None) -> bytes | None:
        return shared.get(self._kind) if shared else None

    def _encode(self, payload: bytes, shared: Shared | None) -> bytes:
        data = self._wrap(payload)
        if shared is not None:
            shared[self._kind] = data
        return data

    def _send(self, data: bytes) -> None:
        try:
            self.write(data)
        except Exception:
            logger.exception("socket %s cannot be written to", self.id)
            self.closing = True
            self.close(CloseCode.OVERLOADED)

    def _wrap(self, payload: bytes) -> bytes:
        if not self.framed:
            return payload
        return frame_binary(payload) if self.codec.binary else frame_text(payload)

"""One socket: who is behind it, what it follows, and how a frame gets onto it."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chat.domain.closing import REASONS, CloseCode
from chat.domain.shapes import Person
from chat.realtime.framing import frame_binary, frame_text
from chat.wire.codecs import JsonCodec
from chat.wire.frames import Disconnect, ServerFrame

_numbers = itertools.count(1)
_process = secrets.token_hex(4)


@dataclass(eq=False, slots=True)
class Following:
    """A room that a socket follows: its cursor, and whether it is live or still catching up."""

    cursor: int
    live: bool = False


@dataclass(eq=False, slots=True)
class Connection:
    """One socket.

    `write` returns at once; it takes whole WebSocket frames when `framed`, else payloads. `close` ends the socket.
    `viewer` is whom the queries are asked for; `credential` names what it signed in with, so that a revocation finds
    it; `scopes` limits what a token may do.
    """

    codec: JsonCodec
    write: Callable[[bytes], None]
    framed: bool
    close: Callable[[CloseCode], None]
    viewer: Any = None
    person: Person | None = None
    credential: str = ""
    scopes: frozenset[str] = frozenset()
    rooms: dict[str, Following] = field(default_factory=dict)
    closing: bool = False
    id: str = field(default_factory=lambda: f"{_process}-{next(_numbers)}")

    def send(self, frame: ServerFrame) -> None:
        """Sends one frame to this socket alone."""
        self.send_payload(self.codec.encode(frame))

    def send_payload(self, payload: bytes) -> None:
        """Sends an encoded frame; nothing after the last word of `disconnect`."""
        if not self.closing:
            self.write(self.frame(payload))

    def frame(self, payload: bytes) -> bytes:
        """What `write` takes for this payload; the same bytes for every socket of the same `kind`."""
        if not self.framed:
            return payload
        return frame_binary(payload) if self.codec.binary else frame_text(payload)

    @property
    def kind(self) -> tuple[str, bool]:
        """Sockets of one kind take the same bytes."""
        return self.codec.subprotocol, self.framed

    def disconnect(self, code: CloseCode, *, retry_after_ms: int | None = None) -> None:
        """Says why, and closes. Nothing is sent afterwards."""
        if self.closing:
            return
        self.send(Disconnect(code=code, reason=REASONS[code], retry=code.retry, retry_after_ms=retry_after_ms))
        self.closing = True
        self.close(code)

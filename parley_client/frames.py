"""What the server says on a socket or a stream, as far as this client listens."""

from msgspec import DecodeError, Raw, Struct, field
from msgspec.json import Decoder

from parley_client.errors import Refused
from parley_client.shapes import Person


class ErrorBody(Struct, frozen=True):
    """A refusal."""

    code: str
    message: str
    retry_after_ms: int | None = None
    fields: dict[str, str] | None = None

    def refusal(self) -> Refused:
        """As an exception."""
        return Refused(self.code, self.message, self.retry_after_ms, self.fields)


class Hello(Struct, frozen=True):
    """The first frame of a socket; `person` is null until the client has authenticated."""

    epoch: str
    person: Person | None
    heartbeat_interval_ms: int


class Reply(Struct, frozen=True):
    """The answer to the frame with this `id`."""

    id: int
    result: Raw = field(default_factory=Raw)
    error: ErrorBody | None = None


class Events(Struct, frozen=True):
    """Events of a room, contiguous from `after`; `epoch` is filled in by the link that heard them."""

    room: str
    after: int
    events: list[Raw]
    epoch: str = ""


class Live(Struct, frozen=True):
    """Catch-up of a room is over."""

    room: str
    head: int
    epoch: str


class Lost(Struct, frozen=True):
    """`limited` or `reset`: what is held of the room must be read anew; live from `head`."""

    room: str
    head: int
    epoch: str
    reason: str = "limited"


class Ping(Struct, frozen=True):
    """The heartbeat with the heads of the followed rooms."""

    heads: dict[str, int]


class Rooms(Struct, frozen=True):
    """One's list of rooms changed."""


class Error(Struct, frozen=True):
    """A refusal; of a room, if it was asked to follow one."""

    error: ErrorBody
    room: str | None = None


class Disconnect(Struct, frozen=True):
    """The server is about to close."""

    code: int
    reason: str
    retry_after_ms: int | None = None


Frame = Hello | Reply | Events | Live | Lost | Ping | Rooms | Error | Disconnect

_DECODERS: dict[str, Decoder[Frame]] = {
    "hello": Decoder(Hello),
    "reply": Decoder(Reply),
    "events": Decoder(Events),
    "live": Decoder(Live),
    "limited": Decoder(Lost),
    "reset": Decoder(Lost),
    "ping": Decoder(Ping),
    "rooms": Decoder(Rooms),
    "error": Decoder(Error),
    "disconnect": Decoder(Disconnect),
}


class _Header(Struct):
    command: str


_HEADER = Decoder(_Header)

Unreadable = DecodeError
"""Raised for what is no frame."""


def decode(data: str | bytes) -> Frame | None:
    """A frame, None for a command that is not listened to. Raises Unreadable."""
    return decode_as(_HEADER.decode(data).command, data)


def decode_as(command: str, data: str | bytes) -> Frame | None:
    """A frame whose command is known from elsewhere."""
    decoder = _DECODERS.get(command)
    return decoder.decode(data) if decoder else None

"""What the formats have in common: the same values, and the same errors for what cannot be read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, get_args

import msgspec

from chat.domain.errors import ChatError, Invalid, UnknownCommand
from chat.wire.client import AnyClientFrame, FrameId
from chat.wire.encoded import Encoded
from chat.wire.server import ServerFrame

COMMANDS: dict[Any, type[AnyClientFrame]] = {frame.__struct_config__.tag: frame for frame in get_args(AnyClientFrame)}
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError)


class Malformed(Exception):
    """A frame that could not be read; `id` is the client's, as far as it was legible."""

    def __init__(self, error: ChatError, frame_id: FrameId = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.id = frame_id


class Header(msgspec.Struct):
    """What is read of a frame that as a whole cannot be."""

    command: str = ""
    id: FrameId = None


class Codec(ABC):
    """Frames to bytes and back, as one subprotocol has them."""

    subprotocol: ClassVar[str]
    binary: ClassVar[bool]

    @abstractmethod
    def encode(self, frame: ServerFrame) -> bytes:
        """A frame of the server."""

    @abstractmethod
    def events(self, room: str, after: int, events: Sequence[Encoded], *, more: bool = False) -> bytes:
        """An `events` frame around events that are encoded already."""

    def decode(self, data: str | bytes) -> AnyClientFrame:
        """The client's frame. Raises Malformed."""
        if isinstance(data, bytes) is not self.binary:
            raise Malformed(Invalid(f"{self.subprotocol} has {'binary' if self.binary else 'text'} frames."))
        try:
            return self._read(data)
        except UNREADABLE as error:
            raise self._explain(data, error) from None

    def _explain(self, data: str | bytes, error: Exception) -> Malformed:
        try:
            header = self._read_header(data)
        except UNREADABLE:
            return Malformed(Invalid(f"Not a frame: {error}"))
        if header.command and header.command not in COMMANDS:
            return Malformed(UnknownCommand(), header.id)
        return Malformed(Invalid(str(error)), header.id)

    @abstractmethod
    def _read(self, data: Any) -> AnyClientFrame:
        """The frame. Raises what is in UNREADABLE."""

    @abstractmethod
    def _read_header(self, data: Any) -> Header:
        """The header, whatever else there is. Raises what is in UNREADABLE."""

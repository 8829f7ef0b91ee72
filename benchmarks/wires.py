"""How each system is spoken to: where a socket connects, how it enters a room, what it says, what it hears."""

import json
import re
from abc import ABC, abstractmethod
from typing import Any, Protocol

import msgspec

from benchmarks.tally import Frame, Said

MARK = re.compile(rb"=(\d+)-(\d+)-(\d+)=")
PADDING = "the tide comes in twice a day and takes the boats along"
"""Makes a text as long as people write."""


class Line(Protocol):
    """A socket that is entering."""

    room: str
    cursor: int | None
    epoch: str

    def write(self, payload: bytes) -> None: ...

    async def read(self) -> bytes: ...


def text(said: Said) -> str:
    """The text of a message, which tells everything about it."""
    return f"{PADDING} ={said.sender}-{said.number}-{int(said.due * 1e9)}="


def reading(payload: bytes | str) -> Said | None:
    """What a text tells."""
    found = MARK.search(payload.encode() if isinstance(payload, str) else payload)
    return Said(int(found[1]), int(found[2]), int(found[3]) / 1e9) if found else None


class Wire(ABC):
    """The adapter of one protocol."""

    numbered = False
    """Whether the server numbers the log of a room."""

    @abstractmethod
    def path(self, room: str) -> str:
        """Where a socket of this room connects."""

    def headers(self, token: str) -> dict[str, str]:
        """What proves who it is."""
        return {}

    async def enter(self, line: Line) -> None:  # noqa: B027 - nothing to do for most
        """Returns when the socket hears all that is said from now on; often the handshake alone is enough."""

    @abstractmethod
    def say(self, room: str, said: Said) -> bytes:
        """The frame that says it."""

    def hear(self, payload: bytes) -> Frame | None:
        """What a frame delivers; None for all else."""
        said = reading(payload)
        return Frame((said,)) if said else None

    def answer(self, payload: bytes) -> bytes | None:
        """What the protocol wants said at once in answer to a frame that delivers nothing."""
        return None


class Raw(Wire):
    """A broadcast of whatever is sent: Node `ws`, `websockets`, nginx nchan."""

    def path(self, room: str) -> str:
        return f"/{room}"

    def say(self, room: str, said: Said) -> bytes:
        return json.dumps({"id": said.number, "from": said.sender, "body": text(said)}).encode()


class Tutorial(Wire):
    """The chat of the Channels tutorial."""

    def path(self, room: str) -> str:
        return f"/ws/chat/{room}/"

    def say(self, room: str, said: Said) -> bytes:
        return json.dumps({"message": text(said)}).encode()


class SocketIo(Wire):
    """Socket.IO over a WebSocket alone."""

    def path(self, room: str) -> str:
        return "/socket.io/?EIO=4&transport=websocket"

    async def enter(self, line: Line) -> None:
        await _until(line, b"0{")
        line.write(b"40")
        await _until(line, b"40")
        line.write(b'420["join",' + json.dumps(line.room).encode() + b"]")
        await _until(line, b"430")

    def say(self, room: str, said: Said) -> bytes:
        return b'42["say",' + json.dumps({"room": room, "body": text(said)}).encode() + b"]"

    def answer(self, payload: bytes) -> bytes | None:
        return b"3" if payload == b"2" else None


async def _until(line: Line, start: bytes) -> None:
    while not (await line.read()).startswith(start):
        pass


class _Message(msgspec.Struct):
    body: str


class _Event(msgspec.Struct):
    seq: int
    kind: str
    message: _Message | None = None


class _Frame(msgspec.Struct):
    command: str
    room: str = ""
    after: int = 0
    events: list[_Event] = []
    epoch: str = ""
    head: int = 0
    error: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Frame).decode
EVENTS = b'{"command":"events"'


class Refused(Exception):
    """The server said no."""


class Parley(Wire):
    """Ours: everybody signed in by a token."""

    numbered = True

    def path(self, room: str) -> str:
        return "/ws/"

    def headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    async def enter(self, line: Line) -> None:
        await self.greet(line)
        await self.follow(line)

    async def greet(self, line: Line) -> None:
        """Is let in."""
        line.epoch = (await self._await(line, "hello")).epoch

    async def follow(self, line: Line) -> None:
        """Follows the room from its head, or from the cursor the socket has."""
        ask: dict[str, Any] = {"command": "subscribe", "room": line.room}
        if line.cursor is not None:
            ask |= {"after": line.cursor, "epoch": line.epoch}
        line.write(msgspec.json.encode(ask))
        live = await self._await(line, "live")
        if line.cursor is None:
            line.cursor = live.head

    async def _await(self, line: Line, command: str) -> _Frame:
        while True:
            payload = await line.read()
            if payload.startswith(EVENTS):
                continue
            frame = _decode(payload)
            if frame.error or frame.command in {"disconnect", "reset", "limited"}:
                raise Refused(str(frame))
            if frame.command == command:
                return frame

    def say(self, room: str, said: Said) -> bytes:
        message = {"client_id": f"{said.sender}-{said.number}-{int(said.due * 1e9)}", "body": text(said)}
        return msgspec.json.encode({"command": "send-message", "id": said.number, "room": room, "message": message})

    def hear(self, payload: bytes) -> Frame | None:
        if not payload.startswith(EVENTS):
            return None
        frame = _decode(payload)
        created = [event for event in frame.events if event.kind == "message.created" and event.message]
        said = tuple(reading(event.message.body) or Said(-1, 0, 0.0) for event in created if event.message)
        return Frame(said, frame.after, frame.events[-1].seq, tuple(event.seq for event in created))


class Poured(Parley):
    """Ours from a server that greets nobody."""

    def headers(self, token: str) -> dict[str, str]:
        return {}

    async def enter(self, line: Line) -> None:
        """Hears at once."""

"""Plays the examples of a page on a real server: sockets as `wscat` shows them, and commands of a shell."""

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.docs.page import Block, Known, fill, fits, parse
from tests.patience import PATIENCE

EXAMPLE_HOST = "127.0.0.1:8000"
CLOSED = re.compile(r'Disconnected \(code: (\d+), reason: ""\)')


class Unlike(AssertionError):
    """What came is not what the page shows."""


class Stage:
    """A server, what it has given out, and the sockets that are open to it, by whose they are."""

    def __init__(self, host: str, known: Known) -> None:
        self._host, self._known = host, known
        self._sockets: dict[str, _Socket] = {}
        self.said: set[str] = set()
        self.heard: set[str] = set()

    async def play(self, block: Block) -> None:
        """Does what a block shows. Raises Unlike."""
        kind, _, who = block.kind.partition(" ")
        if kind == "wscat":
            for line in _joined(block.text):
                await self._line(line, who)
        elif kind == "console":
            await self._shell(block.text)

    async def close(self) -> None:
        """Leaves."""
        for socket in self._sockets.values():
            await socket.close()

    async def _line(self, line: str, who: str) -> None:
        mark, _, rest = line.partition(" ")
        if mark == "$":
            self._sockets[who] = await _Socket.open(shlex.split(self._here(rest)))
        elif mark == ">":
            frame = parse(self._here(rest))
            self.said.add(frame["command"])
            await self._sockets[who].send(frame)
        elif mark == "<":
            shown = parse(rest)
            self.heard.add(shown["command"])
            await self._sockets[who].hear(shown, self._known)
        elif closed := CLOSED.fullmatch(line):
            await self._sockets[who].closed(int(closed[1]))
        else:
            raise Unlike(f"no line of wscat: {line}")

    async def _shell(self, text: str) -> None:
        """Runs the command behind each `$ `; what it prints must be what the page shows behind it."""
        for command, shown in _commands(text):
            process = await asyncio.create_subprocess_shell(
                f"exec {self._here(command)}", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            await (self._stream if " -N " in command else self._answer)(process, shown)

    async def _answer(self, process: asyncio.subprocess.Process, shown: str) -> None:
        async with asyncio.timeout(PATIENCE):
            real = (await process.communicate())[0].decode()
        if shown and not fits(parse(shown), json.loads(real), self._known):
            raise Unlike(f"the page shows\n{shown}\nbut it was\n{real}")

    async def _stream(self, process: asyncio.subprocess.Process, shown: str) -> None:
        """Server-sent events, of which the page shows some, in their order."""
        assert process.stdout is not None
        came: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                for part in shown.split("\n\n"):
                    while not came or not fits(_event(part), _event(came[-1]), self._known):
                        came.append((await process.stdout.readuntil(b"\n\n")).decode())
        except TimeoutError:
            raise Unlike(f"the page shows\n{shown}\nbut it was\n{''.join(came)}") from None
        finally:
            process.kill()
            await process.wait()

    def _here(self, text: str) -> str:
        return fill(text.replace(EXAMPLE_HOST, self._host), self._known)


class _Socket:
    """One socket, and what it heard that the page has not shown yet."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._unshown: list[Any] = []

    @classmethod
    async def open(cls, words: list[str]) -> "_Socket":
        """The socket that this command of `wscat` opens."""
        options = dict(zip(words[1::2], words[2::2], strict=True))
        headers = dict([options["-H"].split(": ", 1)]) if "-H" in options else {}
        return cls(await connect(options["-c"], additional_headers=headers, proxy=None))

    async def send(self, frame: Any) -> None:
        await self._socket.send(json.dumps(frame))

    async def hear(self, shown: Any, known: Known) -> None:
        """Waits for a frame like the one shown."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._take(shown, known):
                    self._unshown.append(json.loads(await self._socket.recv()))
        except (TimeoutError, ConnectionClosed):
            came = "\n".join(json.dumps(each, ensure_ascii=False) for each in self._unshown)
            raise Unlike(f"nothing like this came\n{json.dumps(shown, ensure_ascii=False)}\nbut\n{came}") from None

    def _take(self, shown: Any, known: Known) -> bool:
        for frame in self._unshown:
            if fits(shown, frame, known):
                self._unshown.remove(frame)
                return True
        return False

    async def closed(self, code: int) -> None:
        """Waits for the end."""
        async with asyncio.timeout(PATIENCE):
            await self._socket.wait_closed()
        if self._socket.close_code != code:
            raise Unlike(f"closed with {self._socket.close_code}, not {code}")

    async def close(self) -> None:
        await self._socket.close()


def _joined(text: str) -> list[str]:
    """The lines, with those that are indented put behind the one above them."""
    return re.sub(r"\n  +", " ", text.strip()).splitlines()


def _commands(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield command, shown.strip()


def _event(text: str) -> Any:
    """The fields of a server-sent event, `data` as the value it is."""
    lines = (line.partition(": ") for line in text.strip().splitlines())
    return {field: parse(value) if field == "data" else value for field, _, value in lines}

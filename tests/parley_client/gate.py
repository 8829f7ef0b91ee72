"""Something between a client and its server that does not let everything pass, as proxies do."""

import asyncio
import contextlib

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nNo"


class Gate:
    """A TCP proxy. `refused`, `held` and `cut` are starts of paths: answered 403, held back, or cut off without a word.

    Every request gets a connection of its own, so that each is judged. `paths` is what was asked for.
    """

    def __init__(self, port):
        self.paths = []
        self.refused, self.held, self.cut = (), (), ()
        self._target = port
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in list(self._tasks):
            task.cancel()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _meet(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            await self._pass(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        self.paths.append(path)
        if path.startswith(self.cut):
            return
        if path.startswith(self.refused):
            writer.write(REFUSAL)
            return
        if path.startswith(self.held):
            await reader.read()
            return
        if b"upgrade: websocket" not in head.lower():
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            head = b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            to_writer.write(head)
            up = asyncio.ensure_future(_pour(reader, to_writer))
            await _pour(to_reader, writer)
            up.cancel()
        finally:
            to_writer.close()


async def _pour(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

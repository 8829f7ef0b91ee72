"""A WebSocket client for the tests, which reads all the time."""

import asyncio
import contextlib
from collections.abc import Coroutine
from itertools import count
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import ConnectionClosed

from tests.formats import FORMATS
from tests.listener import Frame, Listener, Log
from tests.patience import PATIENCE

T = TypeVar("T")

JSON = "chat.v1.json"


class Refused(Exception):
    """The server answered a command with an error."""

    def __init__(self, error: Frame) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.error = error
        self.code: str = error["code"]


class Client(Listener):
    """One socket."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self.hello: Frame = {}
        self.largest = 0
        """Bytes of the largest frame so far."""
        self._socket = socket
        self._format = FORMATS[socket.subprotocol or JSON]
        self._ids = count(1_000_000)
        self._replies: dict[int, asyncio.Future[Frame]] = {}
        self._subscribing: dict[int, dict[str, int | None]] = {}
        self._reader = asyncio.create_task(self._read())

    @property
    def worker(self) -> str:
        """The process that serves this socket."""
        process: str = self.hello["connection_id"].partition("-")[0]
        return process

    @property
    def epoch(self) -> str:
        epoch: str = self.hello["epoch"]
        return epoch

    # --- talking ------------------------------------------------------------------------------------------------------

    async def send(self, data: str | bytes | Frame) -> None:
        """Sends anything at all."""
        await self._socket.send(self._format.write(data) if isinstance(data, dict) else data)

    async def send_raw(self, data: bytes) -> None:
        """Sends bytes past the WebSocket library."""
        self._socket.transport.write(data)

    async def call(self, command: str, **fields: Any) -> Any:
        """Sends a command; its result. Raises Refused."""
        return await (await self.begin(command, **fields))

    async def begin(self, command: str, **fields: Any) -> "asyncio.Future[Any]":
        """Sends a command; its result is still to come."""
        number = next(self._ids)
        self._replies[number] = asyncio.get_running_loop().create_future()
        if command == "subscribe":
            wanted = fields.get("rooms", [fields])
            self._subscribing[number] = {each["room"]: each.get("after") for each in wanted}
        await self.send({"command": command, "id": number, **fields})
        return _unwatched(self._result(self._replies[number]))

    async def subscribe(self, room: str, after: int | None = None, epoch: str | None = None, **fields: Any) -> Log:
        """Follows a room; returns its log when catch-up is over."""
        if after is not None:
            fields |= {"after": after, "epoch": self.epoch if epoch is None else epoch}
        result = (await self.call("subscribe", room=room, **fields))["rooms"][0]
        if "error" in result:
            raise Refused(result["error"])
        await self.until(lambda: self._take("live", room) or self._seen("limited", room) or self._seen("reset", room))
        return self.logs[room]

    async def say(self, room: str, body: str, client_id: str = "", **fields: Any) -> Frame:
        """Sends a message; the message as it was stored. Raises Refused."""
        return await (await self.begin_to_say(room, body, client_id, **fields))

    async def begin_to_say(self, room: str, body: str, client_id: str = "", **fields: Any) -> "asyncio.Future[Frame]":
        """Sends a message; its acknowledgement is still to come."""
        message = {"client_id": client_id or f"{self.hello['connection_id']}.{next(self._ids)}", "body": body}
        answer = await self.begin("send-message", room=room, message=message | fields)

        async def stored() -> Frame:
            found: Frame = (await answer)["message"]
            return found

        return _unwatched(stored())

    # --- listening ----------------------------------------------------------------------------------------------------

    async def closed(self, *, seconds: float = PATIENCE) -> int:
        """Waits for the server to close; the code, which `disconnect` must have said before."""
        with contextlib.suppress(ConnectionClosed):
            await self.until(lambda: False, seconds=seconds)
        code = self._socket.close_code or 1006
        said = [frame for frame in self.heard if frame["command"] == "disconnect"]
        assert [frame["code"] for frame in said] == [code], f"closed with {code} after {said}"
        assert said[0]["retry"] == (code >= 4100)
        assert self.heard[-1] is said[0], "something was said behind the last word"
        return code

    async def lost(self, *, seconds: float = PATIENCE) -> int:
        """Waits until the connection is gone, however it went; the code."""
        with contextlib.suppress(ConnectionClosed):
            await self.until(lambda: False, seconds=seconds)
        return self._socket.close_code or 1006

    async def close(self) -> None:
        """Leaves. Raises what broke the protocol meanwhile."""
        await self._socket.close()
        await asyncio.wait([self._reader])
        if self._broken is not None and not isinstance(self._broken, ConnectionClosed):
            raise self._broken

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self.close()
        else:
            self._socket.transport.abort()

    # --- reading ------------------------------------------------------------------------------------------------------

    async def _result(self, reply: "asyncio.Future[Frame]") -> Any:
        async with asyncio.timeout(PATIENCE):
            frame = await reply
        if "error" in frame:
            raise Refused(frame["error"])
        return frame["result"]

    async def _read(self) -> None:
        try:
            while True:
                data = await self._socket.recv(decode=False)
                self.largest = max(self.largest, len(data))
                self._take_in(self._format.read(data))
                self._news.set()
        except BaseException as error:
            self._break(error)
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(error)
                    reply.exception()

    def _take_in(self, frame: Frame) -> None:
        if frame["command"] == "reply" and frame["id"] in self._replies:
            self._follow(frame)
            reply = self._replies.pop(frame["id"])
            if not reply.cancelled():
                reply.set_result(frame)
        else:
            super()._take_in(frame)

    def _follow(self, reply: Frame) -> None:
        """Knows the cursors of rooms that are followed from this reply on."""
        wanted = self._subscribing.pop(reply["id"], {})
        for each in reply.get("result", {}).get("rooms", []) if wanted else []:
            if "error" not in each:
                after = wanted[each["room"]]
                self.logs[each["room"]] = Log(each["room"], each["head"] if after is None else after)


def _unwatched(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """A task whose failure is nobody's unless somebody awaits it."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def connect(
    url: str,
    *,
    token: str = "",
    headers: dict[str, str] | None = None,
    subprotocols: tuple[str, ...] = (JSON,),
    chosen: str | None = JSON,
    follows: dict[str, int] | None = None,
    **options: Any,
) -> Client:
    """A socket that has said hello; `follows` names the room of its address and its cursor."""
    headers = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    socket = await connect_socket(
        url,
        additional_headers=headers,
        subprotocols=subprotocols or None,  # type: ignore[arg-type] # plain names will do
        compression=None,
        max_size=None,
        max_queue=None,
        proxy=None,
        **options,
    )
    assert socket.subprotocol == chosen
    client = Client(socket)
    client.logs = {room: Log(room, cursor) for room, cursor in (follows or {}).items()}
    await client.until(lambda: client.heard)
    client.hello = client.heard.pop(0)
    assert client.hello["command"] == "hello", f"the first frame was {client.hello}"
    return client

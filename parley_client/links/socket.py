"""The WebSocket: all rooms and all sending over one connection."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import count
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from parley_client.api import Api
from parley_client.credentials import Credentials
from parley_client.errors import Refused, Unreachable
from parley_client.frames import Disconnect, Error, ErrorBody, Events, Frame, Hello, Reply, Unreadable, decode
from parley_client.links.base import LOST, Blocked, Draft, Ended, Link, Wanted, slices
from parley_client.shapes import Message
from parley_client.tasks import Tasks

PROTOCOL = Subprotocol("chat.v1.json")
OPEN_SECONDS = 10.0
REPLY_SECONDS = 15.0
SPARE_SECONDS = 5.0
CLOSE_SECONDS = 1.0
LARGEST_FRAME = 16 * 1024 * 1024
MOST_AT_ONCE = 100
"""Rooms of one `subscribe`."""


class _Answered(msgspec.Struct):
    room: str
    error: ErrorBody | None = None


class _Subscribed(msgspec.Struct):
    rooms: list[_Answered]


class _Posted(msgspec.Struct):
    message: Message | None = None


class SocketLink(Link):
    """One WebSocket."""

    def __init__(self, api: Api, credentials: Credentials, hear: Callable[[Frame], None]) -> None:
        super().__init__(api, credentials, hear)
        self._socket: ClientConnection | None = None
        self._farewell: Disconnect | None = None
        self._epoch = ""
        self._patience = OPEN_SECONDS
        self._ids = count(1)
        self._replies: dict[int, asyncio.Future[Reply | None]] = {}
        self._tasks = Tasks()

    # --- opening and listening ----------------------------------------------------------------------------------------

    async def open(self) -> bool:
        headers = await self.credentials.headers()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._socket = await self._connect(headers)
                hello = await self._next()
        except TimeoutError:
            raise Blocked("No answer on the WebSocket.", certain=False) from None
        except InvalidStatus as error:
            raise _judge(error) from None
        except InvalidHandshake as error:
            raise Blocked(str(error), certain=not isinstance(error, InvalidMessage)) from None
        except OSError as error:
            raise Ended(reason=str(error)) from error
        except Ended as end:
            if end.code == LOST:
                raise Blocked(end.reason, certain=False) from None
            raise
        return self._greet(hello)

    def _greet(self, hello: Frame) -> bool:
        if not isinstance(hello, Hello):
            raise Ended(reason="The first frame was no hello.")
        self._epoch = hello.epoch
        self._patience = 2 * hello.heartbeat_interval_ms / 1000 + SPARE_SECONDS
        return hello.person is not None

    async def _connect(self, headers: dict[str, str]) -> ClientConnection:
        url = str(self.api.http.base_url.copy_with(path=self._path()))
        return await connect(
            url.replace("http", "ws", 1),
            additional_headers=headers,
            subprotocols=[PROTOCOL],
            compression=None,
            max_size=LARGEST_FRAME,
            open_timeout=None,
            close_timeout=CLOSE_SECONDS,
        )

    def _path(self) -> str:
        return self.api.http.base_url.path.removesuffix("api/v1/") + "ws/"

    async def run(self) -> None:
        try:
            while True:
                async with asyncio.timeout(self._patience):
                    frame = await self._next()
                self._take(frame)
        except TimeoutError:
            raise Ended(reason="The server fell silent.") from None
        finally:
            self._fail_requests()

    async def _next(self) -> Frame:
        """The next frame that means something here. Raises Ended."""
        assert self._socket is not None
        while True:
            try:
                frame = decode(await self._socket.recv())
            except ConnectionClosed:
                raise self._end() from None
            except Unreadable as error:
                raise Ended(reason=f"A frame could not be read: {error}") from None
            if isinstance(frame, Disconnect):
                self._farewell = frame
            elif frame is not None:
                return frame

    def _end(self) -> Ended:
        """What `disconnect` said, otherwise what the close says."""
        if self._farewell is not None:
            return Ended(self._farewell.code, self._farewell.reason, self._farewell.retry_after_ms)
        assert self._socket is not None
        return Ended(self._socket.close_code or LOST, self._socket.close_reason or "")

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, Reply):
            reply = self._replies.get(frame.id)
            if reply is not None and not reply.done():
                reply.set_result(frame)
        elif isinstance(frame, Events):
            self.hear(msgspec.structs.replace(frame, epoch=self._epoch))
        else:
            self.hear(frame)

    async def close(self) -> None:
        self._tasks.cancel()
        self._fail_requests()
        if self._socket is not None:
            await self._socket.close()

    # --- talking ------------------------------------------------------------------------------------------------------

    async def authenticate(self) -> None:
        await self._request("authenticate", token=await self.credentials.token())

    def follow(self, rooms: Sequence[Wanted]) -> None:
        for some in slices(rooms, MOST_AT_ONCE):
            self._tasks.spawn(self._subscribe(some))

    def leave(self, room: str) -> None:
        self._tasks.spawn(self._unsubscribe(room))

    async def post(self, room: str, draft: Draft) -> Message | None:
        message = {"client_id": draft.client_id, "body": draft.body, "reply_to": draft.reply_to}
        answer = await self._request("send-message", room=room, message=message)
        return msgspec.json.decode(answer, type=_Posted).message

    async def _subscribe(self, rooms: Sequence[Wanted]) -> None:
        try:
            answer = await self._request("subscribe", rooms=[_subscription(each) for each in rooms])
        except (Refused, Unreachable) as error:
            body = _body(error)
            answers = [_Answered(each.room, body) for each in rooms]
        else:
            answers = msgspec.json.decode(answer, type=_Subscribed).rooms
        for each in answers:
            if each.error is not None:
                self.hear(Error(each.error, each.room))

    async def _unsubscribe(self, room: str) -> None:
        with contextlib.suppress(Unreachable, Refused):
            await self._request("unsubscribe", room=room)

    async def _request(self, command: str, **fields: Any) -> msgspec.Raw:
        """Sends a frame; the result of its reply. Raises Refused, Unreachable."""
        assert self._socket is not None
        number = next(self._ids)
        reply: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._replies[number] = reply
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                data = msgspec.json.encode({"command": command, "id": number, **fields})
                await self._socket.send(data, text=True)
                answer = await reply
        except ConnectionClosed:
            answer = None
        except TimeoutError:
            raise Unreachable("No reply came.") from None
        finally:
            del self._replies[number]
        if answer is None:
            raise Unreachable("The connection was lost.")
        if answer.error is not None:
            raise answer.error.refusal()
        return answer.result

    def _fail_requests(self) -> None:
        for reply in self._replies.values():
            if not reply.done():
                reply.set_result(None)


def _subscription(room: Wanted) -> dict[str, Any]:
    """A room of a `subscribe`."""
    wanted: dict[str, Any] = {"room": room.room, "most": room.most}
    if room.cursor is not None:
        wanted |= {"after": room.cursor.seq, "epoch": room.cursor.epoch or None}
    return wanted


def _body(error: Refused | Unreachable) -> ErrorBody:
    """Why rooms are not followed; without a reply they are worth another try."""
    if isinstance(error, Refused):
        return ErrorBody(error.code, error.message, error.retry_after_ms)
    return ErrorBody("unavailable", str(error))


def _judge(error: InvalidStatus) -> Ended | Blocked:
    """A gateway whose server is away says so by 5xx; any other answer to an upgrade does not let it pass."""
    status = error.response.status_code
    if status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        return Ended(reason=str(error))
    return Blocked(str(error), certain=True)

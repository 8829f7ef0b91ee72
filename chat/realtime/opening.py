"""How a socket begins: accepted, signed in with what its handshake brought, greeted; and how it is answered."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from msgspec import UNSET, UnsetType

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError, Forbidden, Invalid, Overloaded, Unauthenticated
from chat.domain.shapes import Person, RoomSummary
from chat.domain.text import MAX_BODY
from chat.realtime.auth import Claim, claim
from chat.realtime.connection import Connection, SocketConnection
from chat.realtime.drain import drain
from chat.realtime.flow import FLOW
from chat.realtime.framing import WRITE
from chat.realtime.worker import Worker
from chat.wire import client, server
from chat.wire.codecs import CODECS
from chat.wire.codecs.json import JSON
from chat.wire.errors import error_body
from chat.wire.results import Result

AUTHENTICATE_SECONDS = 5.0

AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]
Outbox = asyncio.Queue[bytes | CloseCode]


class Opening(AsyncConsumer, ABC):
    """The part of a socket's consumer that is over when somebody has signed in."""

    worker: Worker
    connection: SocketConnection
    _send: AsgiSend
    _by_path: tuple[str, str] | None = None
    """The room of its address and the query, until somebody has signed in to follow it."""
    _writer: asyncio.Task[None] | None = None

    async def _accept(self, scope: dict[str, Any]) -> SocketConnection:
        offered = scope.get("subprotocols") or []
        chosen = next((name for name in offered if name in CODECS), None)
        await self._send({"type": "websocket.accept", "subprotocol": chosen})
        codec = CODECS[chosen] if chosen else JSON
        extensions = scope.get("extensions") or {}
        if WRITE in extensions:
            write, flow = extensions[WRITE], extensions[FLOW]
            return SocketConnection(codec=codec, write=write, framed=True, shut=self._close, flow=flow)
        outbox: Outbox = asyncio.Queue()
        self._writer = asyncio.create_task(self._write_queued(outbox, codec.binary))
        return SocketConnection(codec=codec, write=outbox.put_nowait, framed=False, shut=outbox.put_nowait)

    def _close(self, code: CloseCode) -> None:
        self._closing = asyncio.ensure_future(self._send({"type": "websocket.close", "code": int(code)}))

    async def _write_queued(self, outbox: Outbox, binary: bool) -> None:
        """Where the server offers no direct writing (plain Daphne, others): one sender for the order of frames."""
        while not isinstance(item := await outbox.get(), CloseCode):
            content = {"bytes": item} if binary else {"text": item.decode()}
            await self._send({"type": "websocket.send", **content})
        await self._send({"type": "websocket.close", "code": int(item)})

    async def _begin(self, scope: dict[str, Any]) -> None:
        """Signs in with what the handshake brought and says hello, which is always the first frame."""
        if slug := scope.get("url_route", {}).get("kwargs", {}).get("slug"):
            self._by_path = slug, scope["query_string"].decode("latin1")
        try:
            self.worker.require_capacity()
        except Overloaded as error:
            self.connection.disconnect(CloseCode.OVERLOADED, retry_after_ms=error.retry_after_ms)
            return
        refused: ChatError | None = None
        try:
            if found := claim(scope):
                self.connection.sign_in(await self.worker.identify(found))
        except ChatError as error:
            refused = error
        await self._hello()
        if refused:
            self._refuse(refused)
        elif self.connection.person is None:
            asyncio.get_running_loop().call_later(AUTHENTICATE_SECONDS, self._require_person)
        else:
            self.worker.admit(self.connection)
            await self._subscribe_by_path()

    def _refuse(self, error: ChatError) -> None:
        codes = {Forbidden: CloseCode.FORBIDDEN, Unauthenticated: CloseCode.CREDENTIALS}
        self.connection.disconnect(codes.get(type(error), CloseCode.OVERLOADED))

    def _require_person(self) -> None:
        if self.connection.person is None:
            self.connection.disconnect(CloseCode.CREDENTIALS)

    async def sign_in(self, claim: Claim) -> Person:
        """Makes the socket somebody's, or renews the credentials of whom it is. Raises Unauthenticated, Forbidden."""
        identity = await self.worker.identify(claim)
        person = self.connection.person
        if person is not None and person.id != identity.person.id:
            raise Forbidden("This socket is somebody else's.")
        self.connection.sign_in(identity)
        self.worker.admit(self.connection)
        return identity.person

    async def _hello(self) -> None:
        rooms = await self.worker.rooms_of(self.connection)
        self.connection.send(hello(self.connection, rooms, await self.worker.current_epoch()))
        # Not before: a heartbeat would overtake hello.
        self.worker.hub.add(self.connection)
        if drain.begun:
            self.connection.disconnect(CloseCode.RESTARTING)

    async def _subscribe_by_path(self) -> None:
        """`/ws/rooms/<slug>/?after=N&epoch=E` is `/ws/` with a subscribe frame."""
        if self._by_path is None or self.connection.closing:
            return
        slug, text = self._by_path
        query = parse_qs(text)
        after = query.get("after", [""])[0]
        if after and not (after.isascii() and after.isdigit() and len(after) < 17):
            self._answer(None, error=Invalid(fields={"after": "A number."}))
            return
        epoch = query.get("epoch", [None])[0]
        frame = client.Subscribe(room=slug, after=int(after) if after else None, epoch=epoch)
        await self._command(frame)

    @abstractmethod
    async def _command(self, frame: client.AnyClientFrame) -> None:
        """Runs a frame that is no message and answers it."""

    def _answer(
        self, frame_id: client.FrameId, *, result: Result | UnsetType = UNSET, error: ChatError | None = None
    ) -> None:
        """A reply for who asked for one; without an id only errors are answered."""
        if error is not None:
            body = error_body(error)
            self.connection.send(
                server.ErrorFrame(error=body) if frame_id is None else server.Reply(id=frame_id, error=body)
            )
        elif frame_id is not None:
            self.connection.send(server.Reply(id=frame_id, result=result))


def hello(connection: Connection, rooms: list[RoomSummary], epoch: str) -> server.Hello:
    """Everything a client needs to begin."""
    limits = server.Limits(
        body=MAX_BODY,
        frame_bytes=client.FRAME_BYTES,
        rooms_per_subscribe=client.MOST_ROOMS,
        subscriptions=client.MOST_SUBSCRIPTIONS,
        send_burst=conf().SEND_BURST,
        send_per_second=conf().SEND_PER_SECOND,
    )
    return server.Hello(
        connection_id=connection.id,
        epoch=epoch,
        person=connection.person,
        rooms=rooms,
        limits=limits,
        heartbeat_interval_ms=round(conf().HEARTBEAT_SECONDS * 1000),
        server_time=datetime.now(UTC),
    )

"""The socket door: accept, say hello, then decode, run and answer one frame after another."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from msgspec import UNSET, UnsetType

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError, Forbidden, Invalid, Muted, Overloaded, TooLarge, Unauthenticated, Unavailable
from chat.domain.limits import Meter
from chat.domain.shapes import Person, RoomSummary
from chat.domain.text import MAX_BODY
from chat.realtime import commands
from chat.realtime.auth import Claim, claim
from chat.realtime.connection import Connection, SocketConnection
from chat.realtime.drain import drain
from chat.realtime.flow import FLOW
from chat.realtime.framing import WRITE
from chat.realtime.worker import Worker, worker
from chat.services.collector import take
from chat.services.posting import Held, Outcome, Send
from chat.wire import client, server
from chat.wire.codecs import CODECS
from chat.wire.codecs.base import Malformed
from chat.wire.codecs.json import JSON
from chat.wire.errors import error_body
from chat.wire.results import HeldResult, MessageResult, Result

logger = logging.getLogger(__name__)

AUTHENTICATE_SECONDS = 5.0
SENDS_IN_FLIGHT = 32
FAULTS = 10
FAULTS_SECONDS = 60.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
AsgiSend = Callable[[dict[str, Any]], Awaitable[None]]


class ChatConsumer(AsyncConsumer):
    """One socket from its first to its last frame.

    It owns no channel and awaits no group: what it hears comes from the worker's hub. Channels' own dispatch, which
    enters a thread for every event, is not used.
    """

    worker: Worker
    connection: SocketConnection

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: AsgiSend) -> None:
        """Lives as long as the socket."""
        self.scope, self._send = scope, send
        self.worker = worker()
        self._replied: list[Callable[[], None]] = []
        self._faults: deque[float] = deque(maxlen=FAULTS)
        self._frames = Meter(
            burst=conf().FRAMES_BURST + conf().SEND_BURST,
            per_second=conf().FRAMES_PER_SECOND + conf().SEND_PER_SECOND,
        )
        self._sending = asyncio.Semaphore(SENDS_IN_FLIGHT)
        self._outbox: asyncio.Queue[bytes | CloseCode] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        await receive()
        self.connection = await self._accept()
        try:
            await self._begin()
            while (message := await receive())["type"] == "websocket.receive":
                await self._receive(message)
                await self._keep_pace()
        except Exception:
            logger.exception("socket %s failed", self.connection.id)
            self.connection.disconnect(CloseCode.OVERLOADED)
        finally:
            self.worker.dismiss(self.connection)
            for task in self._tasks:
                task.cancel()

    # --- opening -----------------------------------------------------------------------------------------------------

    async def _accept(self) -> SocketConnection:
        offered = self.scope.get("subprotocols") or []
        chosen = next((name for name in offered if name in CODECS), None)
        await self._send({"type": "websocket.accept", "subprotocol": chosen})
        codec = CODECS[chosen] if chosen else JSON
        extensions = self.scope.get("extensions") or {}
        if WRITE in extensions:
            write, flow = extensions[WRITE], extensions[FLOW]
            return SocketConnection(codec=codec, write=write, framed=True, shut=self._close, flow=flow)
        self._tasks.append(asyncio.create_task(self._write_queued(codec.binary)))
        put = self._outbox.put_nowait
        return SocketConnection(codec=codec, write=put, framed=False, shut=put)

    def _close(self, code: CloseCode) -> None:
        self._closing = asyncio.ensure_future(self._send({"type": "websocket.close", "code": int(code)}))

    async def _write_queued(self, binary: bool) -> None:
        """Where the server offers no direct writing (plain Daphne, others): one sender for the order of frames."""
        while not isinstance(item := await self._outbox.get(), CloseCode):
            content = {"bytes": item} if binary else {"text": item.decode()}
            await self._send({"type": "websocket.send", **content})
        await self._send({"type": "websocket.close", "code": int(item)})

    async def _begin(self) -> None:
        """Signs in with what the handshake brought and says hello, which is always the first frame."""
        try:
            self.worker.require_capacity()
        except Overloaded as error:
            self.connection.disconnect(CloseCode.OVERLOADED, retry_after_ms=error.retry_after_ms)
            return
        refused: ChatError | None = None
        try:
            if found := claim(self.scope):
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
        slug = self.scope.get("url_route", {}).get("kwargs", {}).get("slug")
        if slug is None or self.connection.closing:
            return
        query = parse_qs(self.scope["query_string"].decode("latin1"))
        after = query.get("after", [""])[0]
        if after and not (after.isascii() and after.isdigit() and len(after) < 17):
            self._answer(None, error=Invalid(fields={"after": "A number."}))
            return
        epoch = query.get("epoch", [None])[0]
        frame = client.Subscribe(room=slug, after=int(after) if after else None, epoch=epoch)
        await self._run(frame)

    # --- frames ------------------------------------------------------------------------------------------------------

    async def _keep_pace(self) -> None:
        """A client that does not read its answers is not asked for more."""
        await self.connection.drained()
        if self.connection.flow is not None:
            self.connection.flow.let_in()

    async def _receive(self, message: dict[str, Any]) -> None:
        if self.connection.closing:
            return
        if wait := self._frames.take(asyncio.get_running_loop().time()):
            self.connection.disconnect(CloseCode.RATE, retry_after_ms=round(wait * 1000) + 1000)
            return
        data = message.get("text")
        if data is None:
            data = message.get("bytes") or b""
        if _size(data) > client.FRAME_BYTES:
            self._answer(None, error=TooLarge(f"A frame has at most {client.FRAME_BYTES} bytes."))
            self.connection.disconnect(CloseCode.TOO_LARGE)
            return
        try:
            frame = self.connection.codec.decode(data)
        except Malformed as malformed:
            self._answer(malformed.id, error=malformed.error)
            self._count_fault()
        else:
            await self._run(frame)

    def _count_fault(self) -> None:
        now = asyncio.get_running_loop().time()
        self._faults.append(now)
        if len(self._faults) == FAULTS and now - self._faults[0] < FAULTS_SECONDS:
            self.connection.disconnect(CloseCode.PROTOCOL)

    async def _run(self, frame: client.AnyClientFrame) -> None:
        try:
            if self.connection.person is None and not isinstance(
                frame, client.Authenticate | client.Ping | client.Pong
            ):
                raise Unauthenticated()
            if isinstance(frame, client.SendMessage):
                await self._post(frame)
                return
            result = await commands.run(self, frame)
        except ChatError as error:
            self._silence(frame, error)
            self._answer(frame.id, error=error)
            if isinstance(frame, client.Authenticate | client.Refresh) and not isinstance(error, Invalid | Forbidden):
                self._refuse(error)
        except Exception:
            logger.exception("command %s failed", type(frame).__name__)
            self._answer(frame.id, error=Unavailable())
        else:
            self._answer(frame.id, result=result)
            await self._after_answer(frame)

    async def _after_answer(self, frame: client.AnyClientFrame) -> None:
        started, self._replied = self._replied, []
        for start in started:
            start()
        if isinstance(frame, client.Authenticate):
            await self._subscribe_by_path()

    def after_reply(self, start: Callable[[], None]) -> None:
        """Calls `start` when the reply to the running command is out."""
        self._replied.append(start)

    async def _post(self, frame: client.SendMessage) -> None:
        """Hands the message to the collector; the reply follows its commit, meanwhile the next frame is read."""
        commands.require_scope(self.connection, "write")
        self.connection.require_reach(frame.room)
        await self._sending.acquire()
        author, message = self.connection.viewer.pk, frame.message
        send = Send(author, frame.room, message.client_id, message.body, message.reply_to, self.connection.credential)
        take(send, partial(self._written, frame))

    def _written(self, frame: client.SendMessage, result: Outcome | ChatError) -> None:
        """Called by the thread that wrote a batch, once for each of its messages."""
        self.worker.bring(partial(self._posted, frame, result))

    def _posted(self, frame: client.SendMessage, result: Outcome | ChatError) -> None:
        self._sending.release()
        if isinstance(result, ChatError):
            self._silence(frame, result)
            self._answer(frame.id, error=result)
        else:
            self._answer(frame.id, result=HeldResult() if isinstance(result, Held) else MessageResult(result.message))

    def _silence(self, frame: client.ClientFrame, error: ChatError) -> None:
        """Whoever was just told that they are muted types unseen from then on."""
        following = self.connection.rooms.get(getattr(frame, "room", None) or "")
        if following is not None and isinstance(error, Muted):
            lasts = inf if error.retry_after_ms is None else error.retry_after_ms / 1000
            following.silent_until = asyncio.get_running_loop().time() + lasts

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


def _size(data: str | bytes) -> int:
    """Bytes on the wire; a short text is not encoded to be measured."""
    if isinstance(data, bytes) or len(data) * 4 <= client.FRAME_BYTES or len(data) > client.FRAME_BYTES:
        return len(data)
    return len(data.encode())


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

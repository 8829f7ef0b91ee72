"""The socket door: once a socket is open, decode, run and answer one frame after another."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from math import inf
from typing import Any

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError, Forbidden, Invalid, Muted, TooLarge, Unauthenticated, Unavailable
from chat.domain.limits import Meter
from chat.realtime import commands
from chat.realtime.inbox import SERVE
from chat.realtime.opening import AsgiSend, Opening
from chat.realtime.worker import worker
from chat.services.collector import take
from chat.services.posting import Held, Outcome, Send
from chat.wire import client
from chat.wire.codecs.base import Malformed
from chat.wire.results import HeldResult, MessageResult

logger = logging.getLogger(__name__)

SENDS_IN_FLIGHT = 32
FAULTS = 10
FAULTS_SECONDS = 60.0

Receive = Callable[[], Awaitable[dict[str, Any]]]
Work = Coroutine[Any, Any, None]


class ChatConsumer(Opening):
    """One socket from its first to its last frame.

    It owns no channel and awaits no group: what it hears comes from the worker's hub. Channels' own dispatch, which
    enters a thread for every event, is not used. Nearly all sockets are idle, so each keeps little: no task where the
    server calls for what comes, and nothing of its handshake.
    """

    _in_flight = 0
    """Messages handed to the collector that are not written yet."""
    _written_one: asyncio.Event | None = None
    _faults: tuple[float, ...] = ()
    _replied: tuple[Callable[[], None], ...] = ()
    _ended = False

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: AsgiSend) -> None:
        """Opens the socket, and lives as long as it does unless the server calls for what comes."""
        self._send = send
        self.worker = worker()
        self._frames = Meter(
            burst=conf().FRAMES_BURST + conf().SEND_BURST,
            per_second=conf().FRAMES_PER_SECOND + conf().SEND_PER_SECOND,
        )
        await receive()
        self.connection = await self._accept(scope)
        await self._guard(self._begin(scope))
        extensions = scope.get("extensions") or {}
        if SERVE in extensions:
            extensions[SERVE](self._take)
            return
        try:
            while not self._ended:
                if work := self._take(await receive()):
                    await work
        finally:
            self._end()

    async def _guard(self, work: Work) -> None:
        """Does a piece of work; if it fails the socket is closed, and if it is cancelled the socket is done with."""
        try:
            await work
        except Exception:
            self._fail()
        except asyncio.CancelledError:
            self._end()
            raise

    def _fail(self) -> None:
        logger.exception("socket %s failed", self.connection.id)
        self.connection.disconnect(CloseCode.OVERLOADED)

    def _end(self) -> None:
        """Is done with; may be called twice."""
        self._ended = True
        self.worker.dismiss(self.connection)
        if self._writer is not None:
            self._writer.cancel()

    # --- frames ------------------------------------------------------------------------------------------------------

    def _take(self, message: dict[str, Any]) -> Work | None:
        """Deals with what came; returns what must be awaited before the next."""
        if message["type"] != "websocket.receive":
            self._end()
            return None
        if self.connection.full:
            return self._guard(self._receive_later(message))
        try:
            work = self._receive(message)
        except Exception:
            self._fail()
            return None
        return self._guard(work) if work else None

    async def _receive_later(self, message: dict[str, Any]) -> None:
        """A client that does not read its answers is not asked for more."""
        await self.connection.drained()
        if work := self._receive(message):
            await work

    def _receive(self, message: dict[str, Any]) -> Work | None:
        if self.connection.closing:
            return None
        if wait := self._frames.take(asyncio.get_running_loop().time()):
            self.connection.disconnect(CloseCode.RATE, retry_after_ms=round(wait * 1000) + 1000)
            return None
        data = message.get("text")
        if data is None:
            data = message.get("bytes") or b""
        if _size(data) > client.FRAME_BYTES:
            self._answer(None, error=TooLarge(f"A frame has at most {client.FRAME_BYTES} bytes."))
            self.connection.disconnect(CloseCode.TOO_LARGE)
            return None
        try:
            frame = self.connection.codec.decode(data)
        except Malformed as malformed:
            self._answer(malformed.id, error=malformed.error)
            self._count_fault()
            return None
        return self._run(frame)

    def _count_fault(self) -> None:
        now = asyncio.get_running_loop().time()
        self._faults = (*(at for at in self._faults if now - at < FAULTS_SECONDS), now)
        if len(self._faults) == FAULTS:
            self.connection.disconnect(CloseCode.PROTOCOL)

    def _run(self, frame: client.AnyClientFrame) -> Work | None:
        """Does what a frame says, a message at once; returns what is left to be awaited."""
        if not isinstance(frame, client.SendMessage):
            return self._command(frame)
        if self._in_flight >= SENDS_IN_FLIGHT:
            return self._post_later(frame)
        self._post(frame)
        return None

    async def _command(self, frame: client.AnyClientFrame) -> None:
        try:
            if not isinstance(frame, client.Authenticate | client.Ping | client.Pong):
                self._require_signed_in()
            result = await commands.run(self, frame)
        except Exception as error:
            self._answer_failed(frame, error)
        else:
            self._answer(frame.id, result=result)
            await self._after_answer(frame)

    def _require_signed_in(self) -> None:
        if self.connection.person is None:
            raise Unauthenticated()

    def _answer_failed(self, frame: client.AnyClientFrame, error: Exception) -> None:
        if not isinstance(error, ChatError):
            logger.error("command %s failed", type(frame).__name__, exc_info=error)
            self._answer(frame.id, error=Unavailable())
            return
        self._silence(frame, error)
        self._answer(frame.id, error=error)
        if isinstance(frame, client.Authenticate | client.Refresh) and not isinstance(error, Invalid | Forbidden):
            self._refuse(error)

    async def _after_answer(self, frame: client.AnyClientFrame) -> None:
        started, self._replied = self._replied, ()
        for start in started:
            start()
        if isinstance(frame, client.Authenticate):
            await self._subscribe_by_path()

    def after_reply(self, start: Callable[[], None]) -> None:
        """Calls `start` when the reply to the running command is out."""
        self._replied += (start,)

    async def _post_later(self, frame: client.SendMessage) -> None:
        """Waits until fewer messages of this socket are being written."""
        while self._in_flight >= SENDS_IN_FLIGHT:
            self._written_one = asyncio.Event()
            await self._written_one.wait()
        self._post(frame)

    def _post(self, frame: client.SendMessage) -> None:
        """Hands the message to the collector; the reply follows its commit, meanwhile the next frame is read."""
        try:
            self._require_signed_in()
            commands.require_scope(self.connection, "write")
            self.connection.require_reach(frame.room)
            author, message = self.connection.viewer.pk, frame.message
            send = Send(
                author, frame.room, message.client_id, message.body, message.reply_to, self.connection.credential
            )
            take(send, partial(self._written, frame))
        except Exception as error:
            self._answer_failed(frame, error)
        else:
            self._in_flight += 1

    def _written(self, frame: client.SendMessage, result: Outcome | ChatError) -> None:
        """Called by the thread that wrote a batch, once for each of its messages."""
        self.worker.bring(partial(self._posted, frame, result))

    def _posted(self, frame: client.SendMessage, result: Outcome | ChatError) -> None:
        self._in_flight -= 1
        if self._written_one is not None:
            self._written_one.set()
            self._written_one = None
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


def _size(data: str | bytes) -> int:
    """Bytes on the wire; a short text is not encoded to be measured."""
    if isinstance(data, bytes) or len(data) * 4 <= client.FRAME_BYTES or len(data) > client.FRAME_BYTES:
        return len(data)
    return len(data.encode())

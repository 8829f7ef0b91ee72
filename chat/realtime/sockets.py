"""One WebSocket of the server: Daphne's, but lean while idle, read no faster than dealt with, and written at once."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

# Daphne's server installs the asyncio reactor, so it comes before anything of Twisted.
import daphne.server  # noqa: F401 # isort: skip
from daphne.ws_protocol import WebSocketProtocol  # isort: skip
from twisted.internet import reactor, tcp  # isort: skip

from chat.realtime.flow import Flow
from chat.realtime.framing import read_message
from chat.realtime.inbox import Inbox
from chat.telemetry import CLOSES

EXCUSES = 2
"""How many times more a pong is waited for from a client who had bytes to read before the ping."""
BROKEN = 1006
"""The code under which clients are counted that answered no ping."""
HANDSHAKE = ("application_deferred", "http_headers", "http_request_data", "http_response_data", "http_status_line")
"""What Autobahn and Daphne would keep of the handshake, though nobody asks for it afterwards."""


class SocketProtocol(WebSocketProtocol):
    """A WebSocket that is not read faster than its frames are dealt with.

    A ping lies behind all that the client has not read yet. So a client to whom bytes are still on the way may be late
    with its answer; whether it reads at all is judged by its Flow.
    """

    flow: Flow
    application_queue: Inbox
    last_ping: float
    excuses = 0

    @classmethod
    def with_options(cls, factory: Any) -> type["SocketProtocol"]:
        """The class of a factory's sockets, which carries its options for all of them.

        Autobahn would copy them into each socket, and format them for a line of its log.
        """
        options = {name: getattr(factory, name) for name in cls.CONFIG_ATTRS}
        shared = {name: value for name, value in options.items() if not callable(value)}
        return type(cls.__name__, (cls,), {**shared, "CONFIG_ATTRS": [name for name in options if name not in shared]})

    def onConnect(self, request: Any) -> Any:
        """Daphne fails on offered subprotocols that are not ASCII, none of which is known here."""
        if offered := request.headers.get("sec-websocket-protocol"):
            request.headers["sec-websocket-protocol"] = offered.encode("ascii", "replace").decode()
        return super().onConnect(request)

    def onOpen(self) -> None:
        super().onOpen()
        for name in HANDSHAKE:
            self.__dict__.pop(name, None)
        self.request.headers.clear()
        # The scope keeps its own as long as it is needed.
        self.clean_headers: list[tuple[bytes, bytes]] = []

    def dataReceived(self, data: bytes) -> None:
        """Reads the usual frame at once, for which Autobahn takes several times as long, and leaves all else to it."""
        message = read_message(data) if self._expects_a_frame() else None
        if message is None:
            self._dataReceived(data)
        else:
            self.onMessage(*message)

    def _expects_a_frame(self) -> bool:
        """Whether a new message may begin here, and no ping waits for a sign of life."""
        if self.state != self.STATE_OPEN or self.failedByMe:
            return False
        return not (self.data or self.current_frame or self.inside_message or self.autoPingTimeoutCall)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        super().onMessage(payload, isBinary)
        self.application_queue.hold_back()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs what the application does next; Daphne sees to it as to a whole application."""
        self.server.connections[self]["application_instance"] = asyncio.ensure_future(work)

    def watch_flow(self) -> None:
        """Watches the pipe in place of the HTTP channel, which has nothing more to say on it."""
        self.transport.unregisterProducer()
        self.flow = Flow(self.transport, self.transport)
        self.flow.attach()

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """What Autobahn itself sends goes the same way: the handshake, pings, ordinary sends, farewells."""
        self._write(data)

    def write_frame(self, frame: bytes) -> None:
        """Writes a framed message, in order with the ordinary sends; drops it unless the socket is open."""
        if self.state == self.STATE_OPEN:
            self._write(frame)

    def _write(self, frame: bytes) -> None:
        """Bytes go to the kernel at once while none wait before them.

        Not so under TLS, where the socket is not to see what has not been encrypted.
        """
        transport = self.transport
        # Twisted has no public word for "nothing is waiting"; a partly sent buffer is in the first of the two.
        if isinstance(transport, tcp.Connection) and not transport.dataBuffer and not transport._tempDataBuffer:
            frame = frame[self._written_at_once(frame) :]
        if frame:
            transport.write(frame)

    def _written_at_once(self, frame: bytes) -> int:
        """How much of it the kernel has taken. Of an error the reactor hears when it tries the rest, and closes."""
        try:
            written: int = self.transport.socket.send(frame)
        except OSError:
            return 0
        return written

    def check_timeouts(self) -> None:
        # Daphne goes by the wall clock: once it was set back, nobody would be pinged until it has caught up.
        self.last_ping = min(self.last_ping, time.time())
        super().check_timeouts()

    def _sendAutoPing(self) -> None:
        # Daphne asks for one by its own clock, also while the last one is still waited for.
        if self.autoPingTimeoutCall is None:
            self.excuses = EXCUSES if self.flow.unsent() else 0
            super()._sendAutoPing()

    def onAutoPingTimeout(self) -> None:
        if self.flow.full:
            self.excuses = EXCUSES
        if not self.excuses:
            CLOSES.labels(code=BROKEN).inc()
            super().onAutoPingTimeout()
            return
        self.excuses -= 1
        self.autoPingTimeoutCall = reactor.callLater(self.autoPingTimeout, self.onAutoPingTimeout)

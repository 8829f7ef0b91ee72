"""Daphne as a chat server: frames are written at once, and a worker leaves without cutting anyone off.

`Server` is Daphne's own with these differences. The scope of every WebSocket carries, in `extensions[WRITE]`, a plain
callable that takes an already framed message (`framing.py`), and in `extensions[SERVE]` one that has the application
called when something comes (`inbox.py`). Every scope carries its client's Flow (`flow.py`). And the first SIGTERM or
SIGINT drains: no new connections, every farewell of `drain.py`, sockets closed with 4101, requests finished; a second
one stops at once.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

# Daphne's server installs the asyncio reactor, so it comes before anything of Twisted.
from daphne.server import Server as DaphneServer
from daphne.server import twisted_loop

from daphne.http_protocol import WebRequest  # isort: skip
from daphne.ws_protocol import WebSocketProtocol  # isort: skip
from twisted.internet import reactor  # isort: skip
from twisted.internet.defer import Deferred  # isort: skip

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.realtime.drain import drain
from chat.realtime.flow import FLOW, Flow
from chat.realtime.framing import WRITE
from chat.realtime.inbox import SERVE, Inbox
from chat.realtime.sockets import SocketProtocol

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
CANCEL_SECONDS = 5.0
LOOK_SECONDS = 0.05
FIRST_REQUEST_SECONDS = 1.0
CLOSE_SECONDS = 5.0
"""How long a client may take to answer a close; cut off earlier, one on a slow line would not hear why."""

TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

LIMITS: dict[str, Any] = {
    "websocket_timeout": -1,
    "websocket_connect_timeout": 20,
    "websocket_handshake_timeout": 20,
    "application_close_timeout": 10,
    # Autobahn holds our own sends to these too; what a client may send is checked on arrival.
    "websocket_max_message_size": 1024 * 1024,
    "websocket_max_frame_size": 1024 * 1024,
    "verbosity": 0,
}


class LimitedRequest(WebRequest):
    """A request whose body is refused as soon as it is too large; Daphne itself would keep whatever comes."""

    received = 0

    def process(self) -> None:
        """Daphne would believe any client about the path that the chat lies under."""
        self.requestHeaders.removeHeader(b"daphne-root-path")
        super().process()

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        self._admit(length or 0)

    def handleContentChunk(self, data: bytes) -> None:
        if self._admit(len(data) + self.received):
            self.received += len(data)
            super().handleContentChunk(data)

    def _admit(self, size: int) -> bool:
        if size <= conf().BODY_BYTES:
            return True
        self.channel.transport.write(TOO_LARGE)
        self.channel.loseConnection()
        return False


class Server(DaphneServer):
    """One worker."""

    def __init__(self, application: Callable[..., Any], endpoints: list[str], **options: Any) -> None:
        # The time-out stays below the interval: autobahn forgets the timer of a ping when it sends the next.
        pings = {"ping_interval": conf().PING_SECONDS, "ping_timeout": conf().PING_SECONDS * 0.8}
        super().__init__(application, endpoints, signal_handlers=False, **LIMITS | pings | options)
        self._ports: list[Any] = []
        self._leaving: asyncio.Task[None] | None = None
        self._unheard: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        """When those connected who have not asked for anything yet."""

    def run(self) -> None:
        """Serve until told to leave."""
        for number in (signal.SIGTERM, signal.SIGINT):
            twisted_loop.add_signal_handler(number, self.leave)
        # Asked now: a terminal that has been closed is none any more.
        twisted_loop.add_signal_handler(signal.SIGHUP, self.leave if os.isatty(0) else _stay)
        super().run()

    def leave(self) -> None:
        """Begin to drain; asked a second time, stop at once."""
        if self._leaving is None:
            self._leaving = twisted_loop.create_task(self._drain())
        else:
            self.stop()

    def hold(self, leash: socket.socket) -> None:
        """Tell the other end that this worker serves, and leave when the leash breaks."""

        def broken() -> None:
            twisted_loop.remove_reader(leash)
            if self._leaving is None:
                self.leave()

        leash.send(b"1")
        twisted_loop.add_reader(leash, broken)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.http_factory.buildProtocol = partial(self._connected, self.http_factory.buildProtocol)
        # Daphne's word on origins is said again: autobahn takes its absence for a no, and who may come is our matter.
        self.ws_factory.setProtocolOptions(closeHandshakeTimeout=CLOSE_SECONDS, allowNullOrigin=True)
        self.ws_factory.protocol = SocketProtocol.with_options(self.ws_factory)
        self._ports.append(port)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            return self._open(protocol, scope)
        scope["extensions"] = {FLOW: Flow(protocol.transport, protocol)}
        if self._leaving:
            _end_after_response(protocol)
        return super().create_application(protocol, scope)

    def _connected(self, build: Callable[[Any], Any], address: Any) -> Any:
        """An HTTP connection, whose requests are LimitedRequest."""
        channel = build(address)

        def request(*arguments: Any) -> LimitedRequest:
            self._unheard.pop(channel, None)
            return LimitedRequest(*arguments)

        channel.requestFactory = request
        self._unheard[channel] = twisted_loop.time()
        return channel

    def _open(self, protocol: SocketProtocol, scope: dict[str, Any]) -> Inbox:
        """What Daphne does for each application, with an Inbox."""
        inbox = Inbox(protocol.transport, protocol.run)
        protocol.watch_flow()
        scope["extensions"] = {WRITE: protocol.write_frame, FLOW: protocol.flow, SERVE: inbox.serve}
        scope["asgi"] = {"version": "3.0"}
        protocol.run(self.application(scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol)))
        return inbox

    def kill_all_applications(self) -> Deferred:
        """Cancel what still runs and give its clean-up a moment.

        Daphne's own fails when a connection has no application yet, and leaves as soon as the first one has ended.
        """
        return Deferred.fromFuture(asyncio.ensure_future(_cancel(self._running())))

    async def _drain(self) -> None:
        logger.info("Leaving: finishing requests, closing sockets")
        for port in self._ports:
            port.stopListening()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await drain.begin()
                while self._see_off():  # noqa: ASYNC110 - Daphne tells nobody when a connection has ended.
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            logger.warning("Leaving: %d applications were not done in time", len(self._running()))
        finally:
            self.stop()

    def _see_off(self) -> bool:
        """Ask every connection to end after what it is doing; whether any is still there, or bytes are unsent."""
        there = [protocol for protocol, details in self.connections.items() if "disconnected" not in details]
        for protocol in there:
            if isinstance(protocol, WebRequest):
                _end_after_response(protocol)
            elif protocol.state == WebSocketProtocol.STATE_OPEN:
                protocol.sendClose(int(CloseCode.RESTARTING))
        return bool(there or self._expects() or self._running() or reactor.getWriters())

    def _expects(self) -> bool:
        """Whether somebody connected just now whose request must be on its way."""
        since = twisted_loop.time() - FIRST_REQUEST_SECONDS
        return any(connected > since for connected in self._unheard.values())

    def _running(self) -> list[asyncio.Task[None]]:
        applications = (details.get("application_instance") for details in self.connections.values())
        return [application for application in applications if application and not application.done()]


def serve(
    application: Callable[..., Any],
    listener: socket.socket,
    *,
    ready: Callable[[], None] = lambda: None,
    leash: socket.socket | None = None,
) -> None:
    """Serve on this listening socket until told to leave, and call `ready` once that has begun.

    With a `leash` the other end is told instead, and this worker leaves when it breaks.
    """
    server = Server(application, [f"fd:fileno={listener.detach()}"])
    server.ready_callable = partial(server.hold, leash) if leash else ready
    _keep_loaded()
    server.run()
    if server.abort_start:
        raise SystemExit(1)


def _keep_loaded() -> None:
    """Has the collector of cycles leave alone what has been loaded and stays."""
    gc.collect()
    gc.freeze()


def _stay() -> None:
    logger.warning("SIGHUP renews several workers by their parent; this one goes on")


def _end_after_response(request: WebRequest) -> None:
    if request.channel is not None:
        request.channel.persistent = False
        request.setHeader(b"connection", b"close")


async def _cancel(applications: list[asyncio.Task[None]]) -> None:
    for application in applications:
        application.cancel()
    if applications:
        await asyncio.wait(applications, timeout=CANCEL_SECONDS)

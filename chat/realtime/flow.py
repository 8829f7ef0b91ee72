"""How a client keeps up: Twisted tells when its pipe is full and when it has drained.

Daphne's own `send` never waits, so without this the bytes for a client that does not read would pile up in memory.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

FLOW = "parley.flow"
"""The ASGI extension under which a connection finds its Flow."""
MOST_WAITING = 32
"""Frames of one socket that wait to be dealt with before the server stops reading it."""


@implementer(IPushProducer)
class Flow:
    """The pipe to one client. `full` says that nothing more should be written; `on_drain` is called when it ends."""

    def __init__(self, transport: Any, consumer: Any) -> None:
        self.full = False
        self.on_drain: Callable[[], None] = lambda: None
        self._transport, self._consumer = transport, consumer
        self._attached = False
        self._inbound: asyncio.Queue[Any] | None = None

    def attach(self) -> None:
        """Begins to watch the pipe."""
        if not self._attached:
            self._attached = True
            self._consumer.registerProducer(self, True)

    def detach(self) -> None:
        """Ceases to watch; a transport that waits to close can close only then."""
        if self._attached:
            self._attached = False
            self._consumer.unregisterProducer()

    def hold_back(self, queue: "asyncio.Queue[Any]") -> None:
        """Reads no more from a client whose frames pile up in `queue`; what it sends waits in the network."""
        if self._inbound is None and queue.qsize() >= MOST_WAITING:
            self._inbound = queue
            self._transport.pauseProducing()

    def let_in(self) -> None:
        """Reads on when half of the frames have been dealt with."""
        if self._inbound is not None and self._inbound.qsize() <= MOST_WAITING // 2:
            self._inbound = None
            self._transport.resumeProducing()

    def unsent(self) -> int:
        """Bytes that wait here for the client to read."""
        transport = self._transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def pauseProducing(self) -> None:
        """The pipe is full."""
        self.full = True

    def resumeProducing(self) -> None:
        """The pipe has drained."""
        self.full = False
        if getattr(self._transport, "disconnecting", False):
            self.detach()
        else:
            self.on_drain()

    def stopProducing(self) -> None:
        """The client has gone; whoever waits for it to read need not any more."""
        self._attached = self.full = False
        self.on_drain()

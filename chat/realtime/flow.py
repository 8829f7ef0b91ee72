"""How a client keeps up: Twisted tells when its pipe is full and when it has drained.

Daphne's own `send` never waits, so without this the bytes for a client that does not read would pile up in memory.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

FLOW = "parley.flow"
"""The ASGI extension under which a connection finds its Flow."""


@implementer(IPushProducer)
class Flow:
    """The pipe to one client. `full` says that nothing more should be written; `on_drain` is called when it ends."""

    def __init__(self, transport: Any, consumer: Any) -> None:
        self.full = False
        self.on_drain: Callable[[], None] = _nobody_waits
        self._transport, self._consumer = transport, consumer
        self._attached = False

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


def _nobody_waits() -> None:
    """What a full pipe calls by default when it has drained."""

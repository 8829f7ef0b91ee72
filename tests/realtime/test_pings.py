"""Who is taken for gone when no pong comes, and who is only slow."""

import time
from types import SimpleNamespace

import pytest
from daphne.ws_protocol import WebSocketProtocol

from chat.realtime import sockets
from chat.realtime.sockets import EXCUSES, SocketProtocol


@pytest.fixture
def protocol(monkeypatch):
    """A socket whose time-outs are told by hand; `said` is what became of it."""
    found = SocketProtocol.__new__(SocketProtocol)
    found.said = []
    found.flow = SimpleNamespace(full=False, unsent=lambda: found.bytes)
    found.bytes = 0
    found.autoPingTimeoutCall = None

    def ping(self):
        self.said.append("ping")
        self.autoPingTimeoutCall = object()

    monkeypatch.setattr(WebSocketProtocol, "_sendAutoPing", ping)
    monkeypatch.setattr(WebSocketProtocol, "onAutoPingTimeout", lambda self: self.said.append("gone"))
    monkeypatch.setattr(sockets.reactor, "callLater", lambda seconds, call: found.said.append("waits"))
    monkeypatch.setattr(SocketProtocol, "autoPingTimeout", 20, raising=False)
    return found


def test_who_had_nothing_to_read_is_gone_after_one_time_out(protocol):
    protocol._sendAutoPing()
    protocol.onAutoPingTimeout()
    assert protocol.said == ["ping", "gone"]


def test_who_had_bytes_to_read_before_the_ping_gets_more_time_but_not_for_ever(protocol):
    protocol.bytes = 1
    protocol._sendAutoPing()
    for _ in range(EXCUSES + 1):
        protocol.onAutoPingTimeout()
    assert protocol.said == ["ping", *["waits"] * EXCUSES, "gone"]


def test_while_the_pipe_is_full_reading_alone_tells_who_is_there(protocol):
    protocol._sendAutoPing()
    protocol.flow.full = True
    for _ in range(3 * EXCUSES):
        protocol.onAutoPingTimeout()
    assert "gone" not in protocol.said
    protocol.flow.full = False
    for _ in range(EXCUSES):
        protocol.onAutoPingTimeout()
    assert protocol.said[-1] == "gone"


def test_no_second_ping_goes_out_while_the_first_is_waited_for(protocol):
    protocol._sendAutoPing()
    protocol._sendAutoPing()
    assert protocol.said == ["ping"]


def test_a_clock_that_was_set_back_keeps_no_ping_waiting(protocol):
    protocol.state, protocol.socket_opened = protocol.STATE_OPEN, time.time()
    protocol.server = SimpleNamespace(websocket_timeout=-1, ping_interval=25)
    protocol.last_ping = time.time() + 3600
    protocol.check_timeouts()
    assert protocol.said == []
    protocol.server.ping_interval = -1
    protocol.check_timeouts()
    assert protocol.said == ["ping"]

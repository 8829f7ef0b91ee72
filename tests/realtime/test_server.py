"""One worker: frames written at once, and how it leaves. Shown by real `manage.py serve` processes."""

import asyncio
import signal
import socket
import struct

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.patience import PATIENCE
from tests.realtime.interleaved import receive_interleaved
from tests.servers.program import listens, wait_until

STOPS = [signal.SIGTERM, signal.SIGINT]


async def test_frames_written_at_once_and_ordinary_sends_arrive_whole_and_in_order(tiny):
    async with connect(f"{tiny.ws_url}/interleaved?200", max_size=None) as client:
        await receive_interleaved(client, 200)


async def test_a_torrent_overtakes_nothing_that_still_waits(tiny):
    async with connect(f"{tiny.ws_url}/flood", max_size=None) as client:
        await _receive_flood(client)


async def test_a_client_that_does_not_read_delays_nobody_and_gets_everything_later(tiny):
    async with connect(f"{tiny.ws_url}/flood", max_size=None, max_queue=1) as slow:
        assert await _echo(tiny) == "hello"
        await _receive_flood(slow)


async def test_a_client_that_vanishes_amid_a_flood_harms_nobody(tiny):
    for _ in range(5):
        slow = await connect(f"{tiny.ws_url}/flood", max_size=None, max_queue=1)
        await slow.recv()
        _reset(slow.transport.get_extra_info("socket"))
        slow.transport.abort()
    assert await _echo(tiny) == "hello"
    assert "Traceback" not in tiny.describe()


@pytest.mark.parametrize("number", STOPS)
def test_a_signal_lets_a_request_in_flight_finish_and_exits_with_0(tiny_server, number):
    server = tiny_server()
    with httpx.Client(base_url=server.url, timeout=PATIENCE) as client:
        client.get("/pid")
        with client.stream("GET", "/until-drain") as response:
            chunks = response.iter_bytes()
            assert next(chunks) == b"begun,"
            server.signal(number)
            assert b"".join(chunks) == b"finished" + b"." * 2_000_000
    assert server.wait() == 0


@pytest.mark.parametrize("number", STOPS)
async def test_a_signal_closes_sockets_with_the_code_that_says_come_back(tiny_server, number):
    server = tiny_server()
    async with connect(f"{server.ws_url}/echo") as client:
        server.signal(number)
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd.code == 4101
    assert await asyncio.to_thread(server.wait) == 0


def test_a_worker_that_leaves_takes_no_new_connections(tiny_server):
    server = tiny_server()
    with httpx.stream("GET", f"{server.url}/for-ever", timeout=PATIENCE) as response:
        assert next(response.iter_bytes()) == b"begun,"
        server.signal(signal.SIGTERM)
        wait_until(lambda: not listens(server.port), server.describe)
        assert server.running
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


def test_a_second_signal_stops_at_once(tiny_server):
    server = tiny_server()
    with httpx.stream("GET", f"{server.url}/for-ever", timeout=PATIENCE) as response:
        chunks = response.iter_bytes()
        assert next(chunks) == b"begun,"
        server.signal(signal.SIGTERM)
        wait_until(lambda: not listens(server.port), server.describe)
        server.signal(signal.SIGTERM)
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    assert server.wait() == 0
    assert "not done in time" not in server.describe()


def test_a_request_that_never_ends_is_cut_off_at_the_deadline(tiny_server):
    server = tiny_server(TINY_DRAIN_SECONDS="0.5")
    with httpx.stream("GET", f"{server.url}/for-ever", timeout=PATIENCE) as response:
        chunks = response.iter_bytes()
        assert next(chunks) == b"begun,"
        server.signal(signal.SIGTERM)
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    assert server.wait() == 0
    assert "1 applications were not done in time" in server.describe()


def test_a_kept_alive_connection_ends_with_its_next_response(tiny_server):
    server = tiny_server()
    request = b"GET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as idle,
        httpx.stream("GET", f"{server.url}/for-ever", timeout=PATIENCE),
    ):
        idle.sendall(request)
        assert b"connection: close" not in idle.recv(65_536).lower()
        server.signal(signal.SIGTERM)
        wait_until(lambda: not listens(server.port), server.describe)
        idle.sendall(request)
        response = b"".join(iter(lambda: idle.recv(65_536), b""))
        assert b"connection: close" in response.lower()
        server.signal(signal.SIGTERM)
    assert server.wait() == 0


def test_a_hang_up_is_a_line_of_the_log_and_nothing_else(tiny):
    tiny.signal(signal.SIGHUP)
    wait_until(lambda: "SIGHUP" in tiny.describe(), tiny.describe)
    assert httpx.get(f"{tiny.url}/pid", timeout=PATIENCE).status_code == 200


async def _receive_flood(client):
    for number in range(1024):
        message = await client.recv()
        assert message.startswith(f"{number}:x")
        assert len(message) == len(f"{number}:") + 65_536


async def _echo(server):
    async with connect(f"{server.ws_url}/echo") as client:
        await client.send("hello")
        return await asyncio.wait_for(client.recv(), 10)


def _reset(connection: socket.socket):
    """Let the connection end by a reset instead of a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

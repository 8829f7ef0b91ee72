"""The balancer of the tests sends each connection to the next backend, and those that are dead are passed over."""

import asyncio
import contextlib
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.balancer import Balancer
from tests.servers.program import free_port


@asynccontextmanager
async def backend(name, port=0):
    """Says its name to whoever comes, then repeats what it hears."""

    async def serve(reader, writer):
        writer.write(name.encode())
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def backends():
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(backend(name)) for name in "abc"]


@pytest.fixture
def balancer():
    found = Balancer()
    yield found
    found.stop()


async def test_each_connection_goes_to_the_next_backend(balancer, backends):
    balancer.start(backends)
    assert [await _name(balancer) for _ in range(7)] == ["a", "b", "c", "a", "b", "c", "a"]
    assert [balancer.connections[port] for port in backends] == [3, 2, 2]


async def test_a_dead_backend_is_passed_over_until_it_is_back(balancer, backends):
    dead = free_port()
    balancer.start([*backends[:2], dead])
    assert [await _name(balancer) for _ in range(6)] == ["a", "b", "a", "b", "a", "b"]
    async with backend("c", dead):
        assert {await _name(balancer) for _ in range(3)} == {"a", "b", "c"}


async def test_without_any_backend_a_connection_ends_at_once(balancer):
    balancer.start([free_port()])
    assert await _name(balancer) == ""


async def test_bytes_pass_both_ways_as_they_are(balancer, backends):
    balancer.start(backends)
    sent = bytes(range(256)) * 4096
    reader, writer = await asyncio.open_connection("127.0.0.1", balancer.port)
    assert await reader.readexactly(1) == b"a"
    writer.write(sent)
    assert await reader.readexactly(len(sent)) == sent
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()


async def test_who_is_cut_off_hears_nothing_more_and_may_come_again(balancer, backends):
    balancer.start(backends)
    reader, writer = await asyncio.open_connection("127.0.0.1", balancer.port)
    assert await reader.readexactly(1) == b"a"
    await asyncio.to_thread(balancer.cut)
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read() == b""
    writer.close()
    with balancer.refusing():
        assert await _name(balancer) == ""
    assert await _name(balancer) == "b"


async def _name(balancer):
    """Who answers a new connection; nobody when it is ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", balancer.port)
    try:
        async with asyncio.timeout(30):
            return (await reader.read(1)).decode()
    except ConnectionResetError:
        return ""
    finally:
        writer.close()

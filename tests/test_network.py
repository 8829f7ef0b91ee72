"""The bad network of the tests is as bad as it is told to be, and loses nothing that it does not say it loses."""

import asyncio
import contextlib
import time

import pytest

from tests.patience import PATIENCE
from tests.servers.network import BadNetwork


@pytest.fixture
async def network():
    """Behind it somebody repeats what they hear."""

    async def repeat(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(repeat, "127.0.0.1", 0)
    found = BadNetwork(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    yield found
    await asyncio.to_thread(found.stop)
    server.close()


@pytest.fixture
async def ends(network):
    return await asyncio.open_connection("127.0.0.1", network.port)


async def echo(ends, data):
    ends[1].write(data)
    async with asyncio.timeout(PATIENCE):
        return await ends[0].readexactly(len(data))


async def test_late_both_ways_and_in_order(network, ends):
    network.latency, network.jitter = 0.1, 0.1
    began = time.monotonic()
    for part in range(20):
        ends[1].write(bytes([part]))
        await ends[1].drain()
    assert await ends[0].readexactly(20) == bytes(range(20))
    assert time.monotonic() - began >= 0.2


async def test_slow_both_ways(network, ends):
    network.per_second = 20
    began = time.monotonic()
    assert await echo(ends, b"12345678") == b"12345678"
    assert time.monotonic() - began >= 5 / 20


async def test_what_was_held_passes_when_it_is_mended(network, ends):
    with network.parted():
        ends[1].write(b"held")
        repeated = asyncio.create_task(ends[0].readexactly(4))
        late = await asyncio.open_connection("127.0.0.1", network.port)
        late[1].write(b"held too")
        await asyncio.wait([repeated], timeout=0.05)
        assert not repeated.done()
    assert await repeated == b"held"
    assert await late[0].readexactly(8) == b"held too"


async def test_half_open_for_those_who_are_there_and_open_for_those_who_come(network, ends):
    assert await echo(ends, b"before") == b"before"
    await asyncio.to_thread(network.abandon)
    ends[1].write(b"into silence")
    repeated = asyncio.create_task(ends[0].read(1))
    assert await echo(await asyncio.open_connection("127.0.0.1", network.port), b"new") == b"new"
    assert not repeated.done()
    repeated.cancel()


async def test_torn_after_so_many_bytes(network, ends):
    assert await echo(ends, b"whole") == b"whole"
    network.tear(after=7)
    ends[1].write(b"12345")
    async with asyncio.timeout(PATIENCE):
        assert await ends[0].read() == b"12"
    assert network.torn
    assert await echo(await asyncio.open_connection("127.0.0.1", network.port), b"new") == b"new"


async def test_the_address_leads_through_it():
    found = BadNetwork("postgresql://parley@127.0.0.1:5432/name?sslmode=disable")
    assert found.url == f"postgresql://parley@127.0.0.1:{found.port}/name?sslmode=disable"
    await asyncio.to_thread(found.stop)

"""Requests in a closed loop over connections that stay open."""

import asyncio
import time
from array import array
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from benchmarks.systems import Running
from benchmarks.tally import percentile

CLIENTS = 8
Ask = Callable[[int], bytes]
"""The request that the client of this number makes next."""


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """A whole request."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Client:
    """One connection."""

    def __init__(self, number: int, ask: Ask) -> None:
        self._number = number
        self._ask = ask
        self.latencies = array("d")
        self.refused = 0

    async def loop(self, host: str, port: int, until: float) -> None:
        """Asks until it is over."""
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while time.monotonic() < until:
                began = time.monotonic()
                writer.write(self._ask(self._number))
                self.refused += not await _answered(reader)
                self.latencies.append(time.monotonic() - began)
        finally:
            writer.close()


async def _answered(reader: asyncio.StreamReader) -> bool:
    """Reads one answer; whether it is a success."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, _, length = head.partition(b"content-length:")
    await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
    return head.split(b" ", 2)[1].startswith(b"2")


async def ask_for(running: Running, ask: Ask, seconds: float, clients: int = CLIENTS) -> dict[str, Any]:
    """The figures of so many seconds."""
    address = urlsplit(running.urls[0])
    crowd = [Client(number, ask) for number in range(clients)]
    began, before = time.monotonic(), running.cpu()["server"]
    async with asyncio.TaskGroup() as group:
        for client in crowd:
            group.create_task(client.loop(str(address.hostname), int(address.port or 0), began + seconds))
    used, took = running.cpu()["server"] - before, time.monotonic() - began
    latencies = [each * 1000 for client in crowd for each in client.latencies]
    return {
        "requests_per_second": len(latencies) / took,
        "ms_per_request": used * 1000 / len(latencies),
        "p50_ms": percentile(latencies, 0.5),
        "p99_ms": percentile(latencies, 0.99),
        "refused": sum(client.refused for client in crowd),
    }

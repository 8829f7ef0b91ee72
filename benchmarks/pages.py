"""H, pages of history, and P, messages by POST: each beside views of DRF alone in the same process."""

import random
from functools import partial
from itertools import count
from typing import Any

import msgspec

from benchmarks.http import Ask, ask_for, request
from benchmarks.rooms import Times
from benchmarks.systems import Running
from benchmarks.wires import PADDING

DEEP = "deep"


def _get(path: str, running: Running) -> Ask:
    asked = request("GET", path, running.tokens[0])
    return lambda client: asked


def _post(path: str, running: Running) -> Ask:
    stem, numbers = random.getrandbits(64), count()

    def ask(client: int) -> bytes:
        body = {"client_id": f"{stem:x}-{next(numbers)}", "body": PADDING}
        return request("POST", path.format(client), running.tokens[client * 10], msgspec.json.encode(body))

    return ask


async def history(running: Running, times: Times) -> dict[str, Any]:
    """Pages of 50 at the head and in the middle of a long room."""
    middle = running.depth // 2
    ours, serializer = f"/api/v1/rooms/{DEEP}/messages", f"/peer/messages/{DEEP}"
    paths = {
        "page at the head": ours,
        "page in the middle": f"{ours}?before={middle}",
        "trivial view": "/peer/trivial",
        "ModelSerializer at the head": serializer,
        "ModelSerializer in the middle": f"{serializer}?before={middle}",
    }
    found = await _alternate({name: _get(path, running) for name, path in paths.items()}, running, times)
    return found | {"depth": running.depth}


async def posts(running: Running, times: Times) -> dict[str, Any]:
    """Messages of eight people, each in a room of their own."""
    paths = {
        "POST": "/api/v1/rooms/w3-{}/messages",
        "trivial POST": "/peer/trivial",
        "ModelSerializer POST": "/peer/messages/w3-{}",
    }
    return await _alternate({name: _post(path, running) for name, path in paths.items()}, running, times)


async def _alternate(asks: dict[str, Ask], running: Running, times: Times) -> dict[str, Any]:
    parts = {}
    for name in random.sample(list(asks), len(asks)):
        measure = partial(ask_for, running, asks[name])
        await measure(min(times.warm_up, 0.5))
        parts[name] = await measure(times.measured)
    return {"parts": parts}

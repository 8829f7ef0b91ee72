"""`websockets` with its own broadcast(): whatever comes goes to everybody in the room; nothing is stored."""

import asyncio
import os
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, broadcast, serve

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def attend(socket: ServerConnection) -> None:
    """One member, from first to last."""
    assert socket.request
    members = rooms[socket.request.path]
    members.add(socket)
    try:
        async for text in socket:
            broadcast(members, text)
    finally:
        members.discard(socket)


async def main() -> None:
    """Serves until it is killed."""
    async with serve(attend, "127.0.0.1", int(os.environ["PORT"]), compression=None, backlog=2048) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

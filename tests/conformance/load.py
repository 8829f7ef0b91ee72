"""People who write without end while something else is shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

from tests.client import Client
from tests.inhabited import Chat


class Load:
    """Messages that were acknowledged, in the order of each writer."""

    def __init__(self) -> None:
        self.said: dict[int, str] = {}
        """Bodies by seq."""
        self.over = False
        self._more = asyncio.Event()

    async def reaches(self, number: int) -> None:
        """Waits until so many have been acknowledged."""
        while len(self.said) < number:
            self._more.clear()
            await self._more.wait()

    async def write(self, client: Client, room: str, per_second: float) -> None:
        """Writes at a pace until it is over, each message when the one before it is acknowledged."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        numbers = count()
        while not self.over:
            number = next(numbers)
            body = f"{client.hello['person']['username']} {number}"
            message = await client.say(room, body)
            self.said[message["seq"]] = body
            self._more.set()
            await asyncio.sleep(start + (number + 1) / per_second - loop.time())


@asynccontextmanager
async def writing(chat: Chat, room: str, *names: str, per_second: float = 50.0) -> AsyncIterator[Load]:
    """These people write while the block runs, together about so many messages a second."""
    load = Load()
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await chat.connect(name)) for name in names]
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(load.write(client, room, per_second / len(names)))
            yield load
            load.over = True

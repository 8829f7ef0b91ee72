"""What streams and polls share: signing in, sending, and one failure that ends all."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import msgspec

from parley_client.api import Api, refusal
from parley_client.credentials import Credentials
from parley_client.errors import Refused, Unreachable
from parley_client.frames import Error, ErrorBody, Frame
from parley_client.links.base import Blocked, Draft, Ended, Link, Wanted
from parley_client.shapes import Message
from parley_client.tasks import Tasks

OVERLOADED, EXPIRED = 4100, 4201
"""The close codes that a refusal over HTTP amounts to."""


class HttpLink(Link):
    """A link whose rooms are followed by requests, each in a task of its own."""

    def __init__(self, api: Api, credentials: Credentials, hear: Callable[[Frame], None]) -> None:
        super().__init__(api, credentials, hear)
        self._tasks = Tasks()
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> bool:
        try:
            await self.api.request("GET", "session")
        except Unreachable as error:
            raise Ended(reason=str(error)) from error
        except Refused as refused:
            raise ended(refused) from None
        return True

    async def run(self) -> None:
        await self._failed

    async def close(self) -> None:
        self._tasks.cancel()
        if not self._failed.cancel():
            self._failed.exception()

    async def authenticate(self) -> None:
        """Every request has its header."""

    async def post(self, room: str, draft: Draft) -> Message | None:
        return await self.api.post(room, client_id=draft.client_id, body=draft.body, reply_to=draft.reply_to)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[Any]:
        """Starts work whose failure is the link's."""
        return self._tasks.spawn(self._guard(work))

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (Ended, Blocked) as end:
            self._fail(end)
        except (httpx.TransportError, Unreachable) as error:
            self._fail(Ended(reason=f"{type(error).__name__}: {error}"))
        except msgspec.DecodeError as error:
            self._fail(Ended(reason=f"An answer could not be read: {error}"))
        except Exception as error:
            self._fail(error)

    def _fail(self, end: Exception) -> None:
        if not self._failed.done():
            self._failed.set_exception(end)

    def refuse(self, rooms: list[Wanted], refused: Refused) -> None:
        """Rooms that cannot be followed. Raises Ended for a refusal that is not about rooms."""
        if refused.repeatable or refused.code == "unauthenticated":
            raise ended(refused)
        for each in rooms:
            self.hear(Error(ErrorBody(refused.code, refused.message, refused.retry_after_ms), each.room))


def ended(refused: Refused) -> Ended:
    """The refusal of a whole connection. Over HTTP an expired token looks like a wrong one; a second try tells."""
    code = EXPIRED if refused.code == "unauthenticated" else OVERLOADED
    return Ended(code, refused.message, refused.retry_after_ms)


def judge(response: httpx.Response) -> Refused:
    """What an answer other than the expected one means. Raises Blocked if it is not the chat's, Ended if it is away."""
    said = refusal(response)
    if isinstance(said, Refused):
        return said
    if response.status_code >= 500:
        raise Ended(reason=str(said))
    raise Blocked(str(said), certain=True)

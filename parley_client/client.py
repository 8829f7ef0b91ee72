"""The client as its users see it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from parley_client.api import Api
from parley_client.backoff import Backoff, Random, persist
from parley_client.credentials import Credentials, TokenSource
from parley_client.errors import Closed
from parley_client.feed import MISSED, Following, Gap
from parley_client.frames import Frame
from parley_client.ladder import Ladder
from parley_client.links.base import Link
from parley_client.links.poll import PollLink
from parley_client.links.socket import SocketLink
from parley_client.links.stream import StreamLink
from parley_client.outbox import Draft, Outbox, new_client_id
from parley_client.session import CLIMB_SECONDS, NORMAL, MakeLink, Session
from parley_client.shapes import Cursor, Event, Message, Page, Snapshot
from parley_client.states import Signal, State

T = TypeVar("T")
Way = Callable[[Api, Credentials, Callable[[Frame], None]], Link]
WAYS: tuple[Way, ...] = (SocketLink, StreamLink, PollLink)
"""The ways to a server, best first."""
LARGEST_PAGE = 100


class Client:
    """One person's connection to a chat, for as long as the block:

        async with Client("https://chat.example", token) as client:
            async for event in client.follow("general"):
                ...

    `token` may be a function that fetches one; it is asked again when the server says that the last has expired.
    `on_state` is told every new state. It comes back whatever happens to the connection or the server; only when the
    server sends it away does everything that waits raise Closed.
    """

    def __init__(
        self,
        url: str,
        token: TokenSource,
        *,
        ways: Sequence[Way] = WAYS,
        on_state: Callable[[State], None] = lambda state: None,
        draw: Random = random.random,
        climb_seconds: float = CLIMB_SECONDS,
    ) -> None:
        self._url = address(url)
        self._credentials = Credentials(token)
        self._ways = ways
        self._on_state = on_state
        self._draw = draw
        self._climb_seconds = climb_seconds
        self._cursors: dict[str, Cursor] = {}

    async def __aenter__(self) -> "Client":
        self.api = Api(self._url, self._credentials)
        ladder: Ladder[MakeLink] = Ladder([partial(way, self.api, self._credentials) for way in self._ways])
        self._session = Session(
            ladder=ladder,
            backoff=Backoff(self._draw),
            credentials=self._credentials,
            on_state=self._on_state,
            climb_seconds=self._climb_seconds,
        )
        self._outbox = Outbox(self._session.link, draw=self._draw)
        self._session.happen(Signal.START)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leaves; iterators end, and what is not sent yet raises Closed."""
        await self._session.stop()
        await self.api.http.aclose()

    @property
    def state(self) -> State:
        """Where the client stands."""
        return self._session.state

    @property
    def reason(self) -> str:
        """Why the last connection went."""
        return self._session.reason

    def offline(self) -> None:
        """The machine has lost its network: nothing is tried until it is back."""
        self._session.happen(Signal.NETWORK_GONE)

    def online(self) -> None:
        """The network is back, or the machine woke up: connects at once, also where a connection looks alive."""
        self._session.happen(Signal.NETWORK_BACK)

    # --- rooms --------------------------------------------------------------------------------------------------------

    async def follow(
        self,
        room: str,
        *,
        after: Cursor | None = None,
        most: int | None = MISSED,
        snapshot: bool = False,
    ) -> AsyncIterator[Event | Snapshot]:
        """What happens in a room, every event once and in order: behind `after`, otherwise from now on.

        A Snapshot comes first with `snapshot`, and wherever events are missing for good: more than `most` were missed
        (None asks for all), or the server no longer knows the cursor. It replaces all that was held of the room.
        Followed a second time by the same client, the first iterator ends with FollowedAnew. Raises Refused for a
        room one may not read, also when that becomes so later, and Closed when the server sent the client away.
        """
        following = Following(room, after, most, snapshot=snapshot)
        self._session.feed.follow(following)
        seen = -1
        try:
            while True:
                item = await following.next()
                if isinstance(item, Gap):
                    page = await self._page_at(room, item)
                    seen = page.head
                    self._cursors[room] = Cursor(page.head, page.epoch)
                    yield Snapshot(
                        room=room, reason=item.reason, head=page.head, epoch=page.epoch, messages=page.results
                    )
                elif item.seq > seen:
                    self._cursors[room] = following.read or Cursor(item.seq)
                    yield item
        except Closed as closed:
            if closed.code != NORMAL:
                raise
        finally:
            self._session.leave(following)

    def cursor(self, room: str) -> Cursor | None:
        """Behind what `follow` gave last of a room; kept and given back as `after`, it continues there."""
        return self._cursors.get(room)

    async def history(
        self, room: str, *, before: int | None = None, after: int | None = None, limit: int | None = None
    ) -> AsyncIterator[Message]:
        """Messages of the past, the newest first; with `after`, those behind it and the oldest first.

        At most `limit` of them, otherwise all. Raises Refused, Closed.
        """
        left = limit
        while left is None or left > 0:
            size = LARGEST_PAGE if left is None else min(left, LARGEST_PAGE)
            bound = {} if before is None else {"before": before}
            if after is not None:
                bound = {"after": after}
            page = await self._page(room, limit=size, **bound)
            for message in page.results if after is None else reversed(page.results):
                yield message
            if not page.results or (page.next if after is None else page.previous) is None:
                return
            before, after = page.results[-1].seq, None if after is None else page.results[0].seq
            left = None if left is None else left - len(page.results)

    async def send(self, room: str, body: str, *, client_id: str = "", reply_to: int | None = None) -> Message | None:
        """Sends a message; returns it as stored, None when it is held for review.

        Returns once the server has it for good, however often that takes: sent again under the same `client_id` it
        stays one message. Messages to one room keep the order of the calls. Raises Refused, Closed.
        """
        draft = Draft(body, reply_to, client_id or new_client_id())
        return await self._unless_closed(self._outbox.send(room, draft))

    # --- reading ------------------------------------------------------------------------------------------------------

    async def _page_at(self, room: str, gap: Gap) -> Page:
        """The newest page, read at the head of the gap or later. Of a newer epoch, another gap is on its way."""
        backoff = Backoff(self._draw)
        while True:
            page = await self._page(room, limit=LARGEST_PAGE)
            if page.head >= gap.head or page.epoch != gap.epoch:
                return page
            await asyncio.sleep(backoff.next())

    async def _page(self, room: str, **bounds: int) -> Page:
        return await self._unless_closed(persist(lambda: self.api.page(room, **bounds), Backoff(self._draw)))

    async def _unless_closed(self, work: Awaitable[T]) -> T:
        """The outcome of `work`. Raises Closed when the client ends before it."""
        task = asyncio.ensure_future(work)
        closed = self._session.closed
        either: set[asyncio.Future[Any]] = {task, closed}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise closed.result()
        finally:
            task.cancel()


def address(url: str) -> str:
    """The address of a chat without its last slash. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"Not the address of a chat, such as https://chat.example: {url!r}")
    return url.rstrip("/")

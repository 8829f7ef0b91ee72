"""The logs of rooms: every event once and in order, whatever happens to the connections they come by."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from parley_client.errors import Closed, ParleyError
from parley_client.frames import Error, Events, Live, Lost, Ping
from parley_client.shapes import Cursor, Event, decode_event

MISSED = 2000
"""How many missed events are asked for unless told otherwise."""
HELD = 5000
"""Events of a room that wait for their reader. Beyond them the log is asked again when the reader has come so far."""


class FollowedAnew(ParleyError):
    """The same room was followed a second time with this client; the newer iterator goes on."""


@dataclass(frozen=True)
class Gap:
    """Where events are missing for good: what is held of the room must be read anew, at `head` or later."""

    head: int
    epoch: str
    reason: str


Item = Event | Gap


@dataclass(eq=False)
class Following:
    """One room on its way to one reader. `cursor` is what has arrived, `read` what the reader has been given."""

    room: str
    cursor: Cursor | None
    most: int | None = MISSED
    snapshot: bool = False
    asked: bool = False
    live: bool = False
    full: bool = False
    read: Cursor | None = None
    on_space: Callable[[], None] = lambda: None
    end: Exception | None = None
    _items: deque[tuple[Item, Cursor]] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _space: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def awaits_page(self) -> bool:
        """Whether it begins with the newest page, which will hold whatever happens before the room is live."""
        return self.snapshot and self.cursor is None

    async def next(self) -> Item:
        """What comes next, when it has come. Raises why nothing more will come."""
        while not self._items:
            if self.end is not None:
                raise self.end
            self._news.clear()
            await self._news.wait()
        item, self.read = self._items.popleft()
        if self.full and not self._items:
            self.full = False
            self._space.set()
            self.on_space()
        return item

    async def drained(self) -> None:
        """Returns when more can be taken."""
        while self.full:
            self._space.clear()
            await self._space.wait()

    def put(self, item: Item, cursor: Cursor) -> None:
        """Takes what brings the room to `cursor`."""
        self.cursor = cursor
        self._items.append((item, cursor))
        self.full = len(self._items) >= HELD
        self._news.set()

    def finish(self, why: Exception) -> None:
        """Nothing more will come behind what waits."""
        self.end = self.end or why
        self._news.set()


class Feed:
    """All rooms that are followed. `on_behind` is called when one must be asked for (again)."""

    def __init__(self, on_behind: Callable[[], None]) -> None:
        self._rooms: dict[str, Following] = {}
        self._on_behind = on_behind
        self._closed: Closed | None = None

    # --- readers ------------------------------------------------------------------------------------------------------

    def follow(self, following: Following) -> None:
        """Begins to follow a room; whoever followed it until now is told so."""
        if before := self._rooms.get(following.room):
            before.finish(FollowedAnew(f"{following.room} is followed anew by this client."))
        if self._closed is not None:
            following.finish(self._closed)
            return
        following.on_space = lambda: self.ask_again([following.room])
        self._rooms[following.room] = following
        self._on_behind()

    def leave(self, following: Following) -> bool:
        """The reader has gone; whether nobody follows the room any more."""
        if self._rooms.get(following.room) is not following:
            return False
        del self._rooms[following.room]
        return True

    def finish(self, why: Closed) -> None:
        """The client has ended."""
        self._closed = why
        for following in self._rooms.values():
            following.finish(why)
        self._rooms.clear()

    # --- asking -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new connection: no room is followed on it yet."""
        for following in self._rooms.values():
            following.asked = following.live = False

    def to_ask(self) -> list[Following]:
        """The rooms to be asked for now; they count as asked."""
        found = [each for each in self._rooms.values() if not each.asked]
        for each in found:
            each.asked = True
        return found

    def ask_again(self, rooms: Iterable[str]) -> None:
        """These rooms begin anew from their cursors."""
        found = [self._rooms[room] for room in rooms if room in self._rooms]
        for each in found:
            each.asked = each.live = False
        if found:
            self._on_behind()

    @property
    def live_rooms(self) -> list[str]:
        """The rooms that have caught up."""
        return [each.room for each in self._rooms.values() if each.live]

    @property
    def all_live(self) -> bool:
        """Whether there is nothing to catch up with."""
        return all(each.live for each in self._rooms.values())

    def behind(self, ping: Ping) -> list[str]:
        """The rooms whose log goes further than what has arrived."""
        return [
            each.room
            for each in self._rooms.values()
            if each.cursor and each.live and not each.full and ping.heads.get(each.room, 0) > each.cursor.seq
        ]

    # --- arrivals -----------------------------------------------------------------------------------------------------

    def take_events(self, frame: Events) -> bool:
        """Takes what is new of a frame; whether anything was. A hole is asked for again."""
        following = self._rooms.get(frame.room)
        if following is None or following.full or following.awaits_page:
            return False
        seen = following.cursor.seq if following.cursor else frame.after
        if frame.after > seen:
            self.ask_again([frame.room])
            return False
        fresh = frame.events[seen - frame.after :]
        epoch = following.cursor.epoch if following.cursor and following.cursor.epoch else frame.epoch
        for raw in fresh:
            event = decode_event(raw)
            following.put(event, Cursor(event.seq, epoch))
        return bool(fresh)

    def take_live(self, frame: Live) -> None:
        """A room has caught up."""
        following = self._rooms.get(frame.room)
        if following is None:
            return
        following.live = True
        here = Cursor(frame.head, frame.epoch)
        if following.awaits_page:
            following.put(Gap(frame.head, frame.epoch, "start"), here)
        elif following.cursor in (None, Cursor(frame.head)):
            following.cursor = following.read = here
        elif following.cursor.seq < frame.head and not following.full:
            self.ask_again([frame.room])

    def take_lost(self, frame: Lost) -> None:
        """A room is live behind a gap."""
        if following := self._rooms.get(frame.room):
            following.live = True
            following.put(Gap(frame.head, frame.epoch, frame.reason), Cursor(frame.head, frame.epoch))

    def refuse(self, frame: Error) -> bool:
        """A room cannot be followed; whether it should be tried again later."""
        following = self._rooms.get(frame.room or "")
        if following is None:
            return False
        refusal = frame.error.refusal()
        if not refusal.repeatable:
            following.finish(refusal)
            del self._rooms[following.room]
        return refusal.repeatable

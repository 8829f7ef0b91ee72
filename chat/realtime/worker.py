"""The realtime side of one worker process: its hub, its layer, and what it does by the clock."""

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from channels.layers import get_channel_layer
from django.conf import settings

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.domain.errors import ChatError, Overloaded
from chat.domain.limits import Meter
from chat.domain.news import News, PersonNews, Revoked, RoomEvents
from chat.domain.policy import reaches
from chat.domain.shapes import RoomSummary
from chat.queries.installation import installation, revocations_after
from chat.queries.rooms import bounds, rooms_of_all
from chat.realtime import clocks
from chat.realtime.auth import Claim, identify
from chat.realtime.bridge import Return, call
from chat.realtime.census import Census
from chat.realtime.connection import Connection
from chat.realtime.drain import drain
from chat.realtime.gather import Gather
from chat.realtime.hub import Hub
from chat.realtime.identity import Identity
from chat.realtime.layer import Hint, Layer
from chat.realtime.marks import Marks
from chat.realtime.presence import Presence
from chat.realtime.reader import DatabaseReader
from chat.realtime.revocations import Revocations
from chat.telemetry import log
from chat.wire.encoded import Encoded, encode_events
from chat.wire.server import Read, Rooms

logger = logging.getLogger(__name__)

AWAY_SECONDS = 1.0
"""The interval of the position check while Redis is away."""

_workers: dict[asyncio.AbstractEventLoop, "Worker"] = {}


def worker() -> "Worker":
    """The worker of the running loop, started when it is first asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _workers:
        _workers[loop] = Worker()
        _workers[loop].start()
    return _workers[loop]


def hear(news: Sequence[News]) -> None:
    """The bus listener: hands what was committed in this process to its worker, from any thread."""
    encoded = [(item, encode_events(item.events) if isinstance(item, RoomEvents) else []) for item in news]
    for each in list(_workers.values()):
        each.bring(partial(each.hear_local, encoded))


class Worker:
    """Hub, layer and clocks of one event loop."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.hub = Hub(DatabaseReader(), self)
        self.presence = Presence(self.hub, self._publish, self.id)
        self.census = Census(self._publish, self.id)
        self._connects = Meter(burst=conf().CONNECTS_BURST, per_second=conf().CONNECTS_PER_SECOND)
        self.marks = Marks()
        self._room_lists: Gather[str, int, list[RoomSummary]] = Gather(_read_room_lists)
        backend = get_channel_layer() if settings.CHANNEL_LAYERS else None
        self._layer = Layer(backend, self._hear_hint, others=self.census.others, drop=conf().DROP_HINTS)
        self._has_layer = backend is not None
        self._hearers: dict[str, Callable[..., None]] = {
            "events": self._hear_events,
            "typing": self.presence.show_typing,
            "here": self.presence.hear_here,
            "who": self.presence.hear_who,
            "sockets": self.census.hear,
            "gone": self._hear_gone,
            "person": lambda *row: self._tell_person(PersonNews(*row)),
            "revoked": lambda *row: self._close_revoked(Revoked(*row)),
        }
        self._revoked: int | None = None
        self._revocations = Revocations()
        self._tasks: list[asyncio.Task[None]] = []
        self.bring = Return(asyncio.get_running_loop()).bring
        """Has the loop do something soon; for threads."""

    def start(self) -> None:
        """Begins to listen and to check."""
        self._layer.start()
        loop = asyncio.get_running_loop()
        work = (
            self._check_positions(),
            self.marks.write(),
            clocks.send_heartbeats(self.hub),
            clocks.close_stuck(self.hub),
            clocks.gossip(self.presence, self.census),
            clocks.measure_lag(),
            clocks.erase_removed(),
        )
        self._tasks = [loop.create_task(each) for each in work]
        drain.on_begin(self._leave)

    async def stop(self) -> None:
        """Ends everything that start began."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._layer.stop()
        _workers.pop(asyncio.get_running_loop(), None)

    async def _leave(self) -> None:
        await self.hub.send_away(CloseCode.RESTARTING, seconds=conf().DRAIN_SECONDS)
        self._publish(None, "gone", self.id)
        await self.marks.flush()

    # --- connections -------------------------------------------------------------------------------------------------

    def require_capacity(self) -> None:
        """Counts a connect, before it costs anything. Raises Overloaded above the rate."""
        if wait := self._connects.take(asyncio.get_running_loop().time()):
            raise Overloaded(retry_after_ms=round(wait * 1000) + 1000)

    def admit(self, connection: Connection) -> None:
        """Lets somebody in who has signed in; closes one socket too many, and one whose credential ended meanwhile."""
        person = connection.person
        if person is None:
            return
        if connection not in self.hub.devices(person.id):
            self.hub.identify(connection)
            if connection.present:
                self.census.add(person.id)
                if self.census.sockets(person.id) > conf().SOCKETS_PER_PERSON:
                    connection.disconnect(CloseCode.TOO_MANY_SOCKETS)
        self._revocations.meet(connection)

    def dismiss(self, connection: Connection) -> None:
        """Forgets a connection that has ended."""
        person = connection.person
        if person is not None and connection.present and connection in self.hub.devices(person.id):
            self.census.remove(person.id)
        self.hub.remove(connection)

    async def rooms_of(self, connection: Connection) -> list[RoomSummary]:
        """The rooms of whom it is, as far as it reaches; those who come together share the reads."""
        if connection.person is None:
            return []
        rooms = await self._room_lists.ask("rooms", connection.person.id)
        return [room for room in rooms if reaches(connection.only, room.room)]

    async def current_epoch(self) -> str:
        """The epoch of the database, read once and then kept by the position check."""
        await self._learn()
        return self.hub.epoch

    async def identify(self, claim: Claim) -> Identity:
        """Whose claim it is. Raises Unauthenticated."""
        await self._learn()
        return await identify(claim)

    async def _learn(self) -> None:
        """Takes note of the epoch and the newest revocation: before anybody's credentials are read, so that none that
        comes later is passed over as an old one."""
        if self._revoked is None:
            found = await call(installation)
            if self._revoked is None:
                self._revoked = found.revocation_head
                self.hub.begin(self.hub.epoch or found.epoch)

    # --- groups of the hub -------------------------------------------------------------------------------------------

    async def join(self, room: str) -> None:
        """Hears of a room from other workers."""
        await self._layer.join(room)

    def leave(self, room: str) -> None:
        """Hears of it no longer."""
        self._layer.leave(room)

    # --- news --------------------------------------------------------------------------------------------------------

    def hear_local(self, news: Sequence[tuple[News, list[Encoded]]]) -> None:
        """Delivers what was committed here, then tells the other workers."""
        for item, events in news:
            if isinstance(item, RoomEvents):
                now = time.time()
                self.hub.take(item.room, item.after, events, now)
                if self._has_layer:
                    rows = [msgspec.structs.astuple(event) for event in events]
                    self._publish(item.room, "events", item.room, item.after, rows, now)
                    for event in events:
                        log.debug("announced", room=item.room, seq=event.seq)
            elif isinstance(item, PersonNews):
                self._tell_person(item)
                self._publish(None, "person", *msgspec.structs.astuple(item))
            else:
                self._close_revoked(item)
                self._publish(None, "revoked", *msgspec.structs.astuple(item))

    def tell_typing(self, room: str, connection: Connection) -> None:
        """Passes on that somebody writes, unless they know that they are muted."""
        person, following = connection.person, connection.rooms.get(room)
        if person is None or following is None or following.silent_until > asyncio.get_running_loop().time():
            return
        if self.presence.may_type(room, person):
            row = (room, person.id, person.username, person.display_name)
            self.presence.show_typing(*row)
            self._publish(room, "typing", *row)

    def note_read(self, room: str, connection: Connection, seq: int) -> None:
        """Keeps how far somebody has read until it is written, and tells their other devices; at most to the head."""
        person = connection.person
        if person is not None:
            reached = max(connection.rooms[room].cursor, self.hub.heads(connection)[room])
            news = PersonNews(person.id, "read", room, self.marks.note(person.id, room, min(seq, reached)))
            self._tell_person(news)
            self._publish(None, "person", *msgspec.structs.astuple(news))

    def _publish(self, room: str | None, kind: str, *data: Any) -> None:
        self._layer.publish(room, {"type": "hint", "from": self.id, "kind": kind, "data": data})

    def _hear_hint(self, hint: Hint) -> None:
        if hint["from"] != self.id:
            self._hearers[hint["kind"]](*hint["data"])

    def _hear_events(self, room: str, after: int, rows: Sequence[Sequence[Any]], committed_at: float) -> None:
        events = [Encoded(*row) for row in rows]
        for event in events:
            log.debug("hint heard", room=room, seq=event.seq)
        self.hub.take(room, after, events, committed_at)

    def _hear_gone(self, worker_id: str) -> None:
        self.presence.hear_gone(worker_id)
        self.census.forget(worker_id)

    def _tell_person(self, news: PersonNews) -> None:
        is_read = news.command == "read"
        frame = Read(room=news.room, seq=news.seq) if is_read else Rooms(reports=news.command == "reports")
        for connection in self.hub.devices(news.user_id):
            if not is_read or reaches(connection.only, news.room):
                connection.send(frame)

    def _close_revoked(self, revoked: Revoked) -> None:
        self._revocations.take(revoked, self.hub.devices(revoked.user_id))

    # --- clocks ------------------------------------------------------------------------------------------------------

    async def _check_positions(self) -> None:
        """Finds every lost hint, every lost revocation, and a change of epoch."""
        while True:
            try:
                await self._check_position()
            except ChatError as error:
                logger.warning("position check: %s", error.code)
            except Exception:
                logger.exception("position check failed")
            away = self._has_layer and not self._layer.healthy
            interval = conf().POSITION_CHECK_SECONDS
            await asyncio.sleep(min(interval, AWAY_SECONDS) if away else interval)

    async def _check_position(self) -> None:
        await self._learn()
        state = await call(_state, self.hub.rooms(), self._revoked or 0)
        self.hub.begin(state.epoch)
        for revoked in state.revoked:
            self._close_revoked(revoked)
        self._revoked = state.revocation_head
        self.hub.compare(state.bounds)


async def _read_room_lists(_: str, user_ids: Sequence[int]) -> list[list[RoomSummary] | Exception]:
    found = await call(rooms_of_all, list(dict.fromkeys(user_ids)))
    by_user = dict(zip(dict.fromkeys(user_ids), found, strict=True))
    return [by_user[user_id] for user_id in user_ids]


class _State(msgspec.Struct):
    epoch: str
    bounds: dict[str, tuple[int, int]]
    revoked: list[Revoked]
    revocation_head: int


def _state(rooms: Sequence[str], revoked: int) -> _State:
    """What the position check reads."""
    row = installation()
    news = revocations_after(revoked) if row.revocation_head > revoked else []
    return _State(row.epoch, bounds(rooms) if rooms else {}, news, row.revocation_head)

"""Who follows a room, on all workers, and who is writing. Kept in memory, gossiped over the layer, stored nowhere.

Every worker tells the others of a room whom it has there: when that changes, when one asks, and again and again. What
a worker said is forgotten when it has been silent for too long, so nobody stays for ever because a worker died.
"""

import asyncio
from collections.abc import Callable, Iterable

from chat.conf import conf
from chat.domain.shapes import Person
from chat.realtime.connection import Connection
from chat.realtime.hub import Hub
from chat.wire.server import Presence as PresenceFrame
from chat.wire.server import Typing, TypingPerson

GATHER_SECONDS = 0.2
"""Comings and goings within this time make one frame."""
GRACE_SECONDS = 5.0
"""Who comes back within this time has not been away."""
MOST_NAMED = 100
"""Above this many people a room is told their number only."""
TYPING_SECONDS = 3.0
"""How often one person's typing is passed on in one room."""

People = dict[int, TypingPerson]
Publish = Callable[..., None]
"""Sends (room or None for all workers, kind, data…) to the other workers."""


class _Room:
    """The people of one room: here, on other workers, and those who may only have gone for a moment."""

    def __init__(self) -> None:
        self.here: People = {}
        self.greeted: People = {}
        """Who has come since the others were last told of anybody."""
        self.gone: dict[int, float] = {}
        self.elsewhere: dict[str, tuple[float, People]] = {}
        self.told: frozenset[int] = frozenset()
        self.timer: asyncio.TimerHandle | None = None

    def people(self) -> People:
        """Everybody, each once."""
        everybody: People = {}
        for _, people in self.elsewhere.values():
            everybody |= people
        return everybody | self.here | self.greeted


class Presence:
    """Presence and typing of the rooms that are followed on this worker."""

    def __init__(self, hub: Hub, publish: Publish, worker_id: str) -> None:
        self._hub, self._publish, self._worker_id = hub, publish, worker_id
        self._rooms: dict[str, _Room] = {}
        self._typed: dict[tuple[str, int], float] = {}
        hub.on_change = self._changed

    # --- what clients see --------------------------------------------------------------------------------------------

    def greet(self, room: str, newcomer: Connection) -> PresenceFrame:
        """The presence frame of a room for who has just begun to follow it and counts already.

        A crowd may come at once, so the members are not gone through for each.
        """
        if room in self._rooms:
            self._rooms[room].greeted |= _named([newcomer])
        return self._frame(room)

    def _frame(self, room: str) -> PresenceFrame:
        people = self._rooms[room].people() if room in self._rooms else {}
        named = sorted(people.values(), key=lambda person: person.username) if len(people) <= MOST_NAMED else []
        return PresenceFrame(room=room, count=len(people), people=named)

    def may_type(self, room: str, person: Person) -> bool:
        """Whether this person's typing is to be passed on now."""
        now = asyncio.get_running_loop().time()
        if now - self._typed.get((room, person.id), -TYPING_SECONDS) < TYPING_SECONDS:
            return False
        self._typed[room, person.id] = now
        return True

    def show_typing(self, room: str, user_id: int, username: str, display_name: str) -> None:
        """Tells the room that somebody writes, all but their own sockets."""
        others = [c for c in self._hub.members(room) if not (c.person and c.person.id == user_id)]
        self._hub.send(others, Typing(room=room, person=TypingPerson(username, display_name)))

    # --- gossip ------------------------------------------------------------------------------------------------------

    def hear_here(self, room: str, worker_id: str, people: list[tuple[int, str, str]]) -> None:
        """Another worker says whom it has in a room."""
        if room in self._rooms:
            named = {pk: TypingPerson(username, display_name) for pk, username, display_name in people}
            self._rooms[room].elsewhere[worker_id] = (asyncio.get_running_loop().time() + conf().FORGET_SECONDS, named)
            self._soon(room)

    def hear_who(self, room: str) -> None:
        """Another worker has begun to follow a room and asks who is there."""
        if room in self._rooms:
            self._say(room)

    def hear_gone(self, worker_id: str) -> None:
        """Another worker has left; its people have a moment to come back elsewhere."""
        until = asyncio.get_running_loop().time() + GRACE_SECONDS
        for room in self._rooms.values():
            if worker_id in room.elsewhere:
                room.elsewhere[worker_id] = (until, room.elsewhere[worker_id][1])

    def repeat(self) -> None:
        """Says again who is here, for whoever missed it."""
        for room in self._rooms:
            self._say(room)

    def sweep(self) -> None:
        """Forgets workers that have been silent for too long, and typing that is over."""
        now = asyncio.get_running_loop().time()
        for slug, room in self._rooms.items():
            silent = [worker for worker, (until, _) in room.elsewhere.items() if until <= now]
            for worker in silent:
                del room.elsewhere[worker]
            if silent:
                self._soon(slug)
        self._typed = {key: at for key, at in self._typed.items() if now - at < TYPING_SECONDS}

    def _say(self, slug: str) -> None:
        people = [(pk, each.username, each.display_name) for pk, each in self._rooms[slug].here.items()]
        self._publish(slug, "here", slug, self._worker_id, people)

    # --- changes -----------------------------------------------------------------------------------------------------

    def _changed(self, slug: str) -> None:
        if slug not in self._rooms:
            self._rooms[slug] = _Room()
            self._publish(slug, "who", slug)
        self._soon(slug)

    def _soon(self, slug: str, seconds: float = GATHER_SECONDS) -> None:
        room = self._rooms[slug]
        if room.timer is None:
            room.timer = asyncio.get_running_loop().call_later(seconds, self._settle, slug)

    def _settle(self, slug: str) -> None:
        """Takes the present state of a room and tells whoever does not know it."""
        room = self._rooms[slug]
        room.timer = None
        before = frozenset(room.here)
        self._update(room, _named(self._hub.members(slug)))
        room.greeted.clear()
        if frozenset(room.here) != before:
            self._say(slug)
        everybody = frozenset(room.people())
        if everybody != room.told:
            room.told = everybody
            self._hub.send(self._hub.members(slug), self._frame(slug))
        if room.gone:
            self._soon(slug, GRACE_SECONDS)
        elif not room.here and not self._hub.members(slug):
            del self._rooms[slug]

    def _update(self, room: _Room, local: People) -> None:
        """Newcomers are here at once; who is missing leaves after a grace."""
        now = asyncio.get_running_loop().time()
        for pk in room.here.keys() - local.keys():
            if now - room.gone.setdefault(pk, now) >= GRACE_SECONDS:
                del room.here[pk], room.gone[pk]
        for pk in local:
            room.gone.pop(pk, None)
        room.here |= local


def _named(connections: Iterable[Connection]) -> People:
    """The people of these sockets who count as being here."""
    return {
        each.person.id: TypingPerson(each.person.username, each.person.display_name)
        for each in connections
        if each.person and each.present
    }

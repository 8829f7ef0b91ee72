"""Who follows a room on this worker, and who is writing. Kept in memory, told in frames, stored nowhere."""

import asyncio
import time

from chat.domain.shapes import Person
from chat.realtime.hub import Hub
from chat.wire.frames import Presence as PresenceFrame
from chat.wire.frames import Typing, TypingPerson

GATHER_SECONDS = 0.2
"""Comings and goings within this time make one frame."""
MOST_NAMED = 100
"""Above this many people a room gets their number only."""
TYPING_SECONDS = 3.0
"""How often one person's typing is passed on in one room."""


class Presence:
    """Presence and typing of the rooms of one worker."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._here: dict[str, frozenset[int]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._typed: dict[tuple[str, int], float] = {}
        hub.on_change = self._changed

    def greet(self, room: str) -> PresenceFrame:
        """The presence frame of a room as it is now."""
        people = {c.person.id: c.person for c in self._hub.members(room) if c.person and c.present}
        named = sorted(people.values(), key=lambda person: person.username) if len(people) <= MOST_NAMED else []
        return PresenceFrame(room=room, count=len(people), people=[_shown(person) for person in named])

    def may_type(self, room: str, person: Person) -> bool:
        """Whether this person's typing is to be passed on now."""
        now = time.monotonic()
        if now - self._typed.get((room, person.id), -TYPING_SECONDS) < TYPING_SECONDS:
            return False
        if len(self._typed) > 10_000:
            self._typed = {key: at for key, at in self._typed.items() if now - at < TYPING_SECONDS}
        self._typed[room, person.id] = now
        return True

    def show_typing(self, room: str, user_id: int, username: str, display_name: str) -> None:
        """Tells the room that somebody writes, all but their own sockets."""
        others = [c for c in self._hub.members(room) if not (c.person and c.person.id == user_id)]
        self._hub.send(others, Typing(room=room, person=TypingPerson(username, display_name)))

    def _changed(self, room: str) -> None:
        if room not in self._timers:
            self._timers[room] = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._tell, room)

    def _tell(self, room: str) -> None:
        del self._timers[room]
        members = self._hub.members(room)
        here = frozenset(c.person.id for c in members if c.person and c.present)
        if here != self._here.get(room):
            self._hub.send(members, self.greet(room))
        if here:
            self._here[room] = here
        else:
            self._here.pop(room, None)


def _shown(person: Person) -> TypingPerson:
    return TypingPerson(person.username, person.display_name)

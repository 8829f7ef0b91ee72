"""Doubles of what the session talks to: links that do what a test says, and a clock that stands still."""

import asyncio

import msgspec

from parley_client.backoff import Backoff
from parley_client.credentials import Credentials
from parley_client.frames import Error, ErrorBody, Events, Live
from parley_client.ladder import Ladder
from parley_client.links.base import Ended
from parley_client.session import Session
from parley_client.shapes import Message, Person
from parley_client.states import Signal

EPOCH = "e1"


class FakeLink:
    """A connection in the hands of a test."""

    def __init__(self, hear, way=0):
        self.hear, self.way = hear, way
        self.followed = []
        self.left = []
        self.posted = []
        self.authenticated = 0
        self.closed = False
        self._opened = asyncio.get_running_loop().create_future()
        self._ended = asyncio.get_running_loop().create_future()

    # What a test does.

    async def greet(self, *, known=True):
        self._opened.set_result(known)
        await settle()

    async def fail(self, error):
        """Ends before hello, or behind it."""
        (self._ended if self._opened.done() else self._opened).set_exception(error)
        await settle()

    async def lose(self, code=1006, **advice):
        await self.fail(Ended(code, "Gone.", **advice))

    def say_live(self, room, head):
        self.hear(Live(room, head, EPOCH))

    def say_events(self, room, after, *seqs):
        self.hear(Events(room, after, [event(seq, room) for seq in seqs], EPOCH))

    def refuse(self, room, code, retry_after_ms=None):
        self.hear(Error(ErrorBody(code, "No.", retry_after_ms), room))

    # What the session does.

    async def open(self):
        return await self._opened

    async def run(self):
        await self._ended

    async def close(self):
        self.closed = True

    async def authenticate(self):
        self.authenticated += 1

    def follow(self, rooms):
        self.followed.append({each.room: each.cursor for each in rooms})

    def leave(self, room):
        self.left.append(room)

    async def post(self, room, draft):
        answer = asyncio.get_running_loop().create_future()
        self.posted.append((draft, answer))
        return await answer


class Clock:
    """Timers that run when a test says so."""

    def __init__(self):
        self.now = 0.0
        self._timers = []

    def later(self, seconds, act):
        timer = _Timer(self.now + seconds, act)
        self._timers.append(timer)
        return timer

    @property
    def pending(self):
        """How long each timer still has to wait."""
        return sorted(timer.at - self.now for timer in self._timers if not timer.cancelled)

    async def advance(self, seconds):
        self.now += seconds
        due = [timer for timer in self._timers if timer.at <= self.now]
        self._timers = [timer for timer in self._timers if timer.at > self.now]
        for timer in due:
            if not timer.cancelled:
                timer.act()
        await settle()


class _Timer:
    def __init__(self, at, act):
        self.at, self.act, self.cancelled = at, act, False

    def cancel(self):
        self.cancelled = True


class Bench:
    """A session with its doubles. `random` is what every draw gives."""

    def __init__(self, *, ways=1, random=0.5, token="old", climb_seconds=60.0):
        self.links = []
        self.states = []
        self.clock = Clock()
        self.credentials = Credentials(token)

        def way(number):
            def make(hear):
                self.links.append(FakeLink(hear, number))
                return self.links[-1]

            return make

        self.session = Session(
            ladder=Ladder([way(number) for number in range(ways)]),
            backoff=Backoff(lambda: random),
            credentials=self.credentials,
            on_state=self.states.append,
            later=self.clock.later,
            climb_seconds=climb_seconds,
        )

    @property
    def link(self):
        """The newest connection."""
        return self.links[-1]

    async def start(self):
        self.session.happen(Signal.START)
        await settle()

    async def open(self):
        """Starts, and is greeted."""
        await self.start()
        await self.link.greet()


async def settle():
    """Returns when all that can run without a timer has run."""
    for _ in range(20):
        await asyncio.sleep(0)


def message(seq, room="general", version=0, **fields):
    """A message as it was written."""
    author = Person(1, "anna", "Anna")
    written = {
        "room": room, "seq": seq, "version": version or seq, "client_id": f"c{seq}", "author": author,
        "body": f"number {seq}", "html": "", "reply_to": None, "mentions": [], "reactions": [], "pinned": False,
        "created_at": "2026-11-21T12:00:00Z", "edited_at": None, "deleted": None,
    }  # fmt: skip
    return msgspec.convert(msgspec.to_builtins(written) | msgspec.to_builtins(fields), Message)


def event(seq, room="general"):
    """The event that wrote a message, as it comes on the wire."""
    fields = {"seq": seq, "kind": "message.created", "at": "2026-11-21T12:00:00Z", "actor": "anna"}
    return msgspec.Raw(msgspec.json.encode({**fields, "message": message(seq, room)}))

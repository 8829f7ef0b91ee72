"""What a client does: it goes by the table of states, and by nothing else."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Protocol

from parley_client.backoff import Backoff
from parley_client.credentials import Credentials
from parley_client.errors import Closed, Refused, Unreachable
from parley_client.feed import Feed, Following
from parley_client.frames import Error, Events, Frame, Live, Lost, Ping, Rooms
from parley_client.ladder import Ladder
from parley_client.links.base import Blocked, Ended, Link
from parley_client.states import TABLE, Action, Signal, State
from parley_client.tasks import Tasks

logger = logging.getLogger(__name__)

NORMAL = 1000
BEHIND_SECONDS = 2.0
"""How long a head may be ahead of what has arrived before the room is asked for again."""
REPEAT_SECONDS = 2.0
CLIMB_SECONDS = 60.0
"""How often a lower way looks whether the best is passable again."""


class Handle(Protocol):
    """Something that is to happen later."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Handle]
MakeLink = Callable[[Callable[[Frame], None]], Link]


class Session:
    """One client's connection, opened anew whenever it goes, until it is closed."""

    def __init__(
        self,
        *,
        ladder: Ladder[MakeLink],
        backoff: Backoff,
        credentials: Credentials,
        on_state: Callable[[State], None] = lambda state: None,
        later: Later | None = None,
        climb_seconds: float = CLIMB_SECONDS,
    ) -> None:
        self.state = State.IDLE
        self.feed = Feed(on_behind=lambda: self.happen(Signal.BEHIND))
        self.closed: asyncio.Future[Closed] = asyncio.get_running_loop().create_future()
        self.reason = ""
        self._ladder = ladder
        self._backoff = backoff
        self._credentials = credentials
        self._on_state = on_state
        self._later = later or asyncio.get_running_loop().call_later
        self._climb_seconds = climb_seconds
        self._end = Ended()
        self._renewed = False
        self._link: Link | None = None
        self._open = asyncio.Event()
        self._timers: list[Handle] = []
        self._connections = Tasks()
        self._errands = Tasks()
        self._actions: dict[Action, Callable[[], object]] = {
            Action.OPEN: self._start,
            Action.AUTHENTICATE: lambda: self._errands.spawn(self._authenticate()),
            Action.FOLLOW: self._follow,
            Action.SEND: self._open.set,
            Action.TRUST: self._trust,
            Action.WAIT: self._wait,
            Action.STEP_DOWN: ladder.step_down,
            Action.STEP_UP: ladder.step_up,
            Action.RENEW: self._renew,
            Action.DROP: self._drop,
            Action.END: self._finish,
        }

    def happen(self, signal: Signal) -> None:
        """Does what the table says of this signal in this state."""
        step = TABLE.get((self.state, signal))
        if step is None:
            return
        before, (self.state, actions) = self.state, step
        for action in actions:
            self._actions[action]()
        if self.state is not before:
            self._on_state(self.state)

    async def link(self) -> Link:
        """The connection, as soon as it may be used. Raises Closed."""
        while not self.closed.done():
            await self._open.wait()
            if self._open.is_set() and self._link is not None:
                return self._link
        raise self.closed.result()

    def leave(self, following: Following) -> None:
        """A reader has gone."""
        if self.feed.leave(following) and self._open.is_set() and self._link is not None:
            self._link.leave(following.room)
            self._settle()

    async def stop(self) -> None:
        """Ends all, and returns when nothing runs any more."""
        self._end = Ended(NORMAL, "The client was closed.")
        self.happen(Signal.STOP)
        await self._connections.join()

    # --- one connection -----------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        """One connection from its beginning to its end."""

        def hear(frame: Frame) -> None:
            if self._link is link:
                self._take(frame)

        link = self._link = self._ladder.way(hear)
        try:
            known = await link.open()
            self._ladder.opened()
            if not self._ladder.at_top:
                self._errands.spawn(self._climb())
            self.happen(Signal.HELLO if known else Signal.STRANGER)
            self._settle()
            await link.run()
        except Blocked as blocked:
            self._judge_way(blocked)
        except Ended as end:
            self._judge_end(end)
        except Exception as error:
            logger.exception("a connection failed")
            self._judge_end(Ended(reason=repr(error)))
        finally:
            await link.close()

    def _judge_way(self, blocked: Blocked) -> None:
        self.reason = str(blocked)
        self._end = Ended(reason=self.reason)
        self.happen(Signal.BLOCKED if self._ladder.is_blocked(certain=blocked.certain) else Signal.LOST)

    def _judge_end(self, end: Ended) -> None:
        """The range of the code is the advice; new credentials are tried once between two events."""
        self.reason = str(end)
        self._end = end
        if 4000 <= end.code < 4100 or (4200 <= end.code < 4300 and self._renewed):
            self.happen(Signal.DISMISSED)
        elif 4200 <= end.code < 4300:
            self.happen(Signal.EXPIRED)
        else:
            self.happen(Signal.LOST)

    def _take(self, frame: Frame) -> None:
        match frame:
            case Events():
                if self.feed.take_events(frame):
                    self.happen(Signal.EVENT)
            case Live():
                self.feed.take_live(frame)
            case Lost():
                self.feed.take_lost(frame)
            case Ping() if self.feed.behind(frame):
                self._after(BEHIND_SECONDS, lambda: self.feed.ask_again(self.feed.behind(frame)))
            case Rooms():
                self.feed.ask_again(self.feed.live_rooms)
            case Error(room=str(room)) if self.feed.refuse(frame):
                self._after(REPEAT_SECONDS, lambda: self.feed.ask_again([room]))
        self._settle()

    def _settle(self) -> None:
        if self.feed.all_live:
            self.happen(Signal.CAUGHT_UP)

    async def _authenticate(self) -> None:
        """Says who we are; when that is refused, the server closes and says why."""
        if self._link is not None:
            with contextlib.suppress(Refused, Unreachable):
                await self._link.authenticate()
                self.happen(Signal.SIGNED_IN)
                self._settle()

    async def _climb(self) -> None:
        """On a lower way, looks from time to time whether the best is passable again."""
        while True:
            await asyncio.sleep(self._climb_seconds)
            probe = self._ladder.best(lambda frame: None)
            try:
                await probe.open()
            except (Blocked, Ended):
                continue
            finally:
                await probe.close()
            self.happen(Signal.CLEAR)
            return

    # --- actions ------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.feed.begin()
        self._connections.spawn(self._serve())

    def _follow(self) -> None:
        rooms = self.feed.to_ask()
        if rooms and self._link is not None:
            self._link.follow(rooms)

    def _trust(self) -> None:
        """Only an event proves that the server serves; one that falls again at once can still say hello."""
        self._backoff.reset()
        self._renewed = False

    def _renew(self) -> None:
        self._renewed = True
        self._credentials.renew()

    def _wait(self) -> None:
        asked = (self._end.retry_after_ms or 0) / 1000
        self._after(asked + self._backoff.next(), lambda: self.happen(Signal.TIMER))

    def _drop(self) -> None:
        self._link = None
        self._open.clear()
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._errands.cancel()
        self._connections.cancel()

    def _finish(self) -> None:
        why = Closed(self._end.code, self._end.reason)
        self.closed.set_result(why)
        self.feed.finish(why)
        self._open.set()

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(self._later(seconds, act))

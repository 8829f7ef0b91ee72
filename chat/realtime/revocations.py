"""What was revoked lately: for those whose credentials were looked up before, and who are let in after."""

import asyncio
from collections import deque
from collections.abc import Iterable

from chat.domain.closing import CloseCode
from chat.domain.news import RIGHTS, Revoked
from chat.realtime.connection import Connection
from chat.wire.server import Rooms

RECENT = 1000
"""Revocations that are kept."""


class Revocations:
    """Between the look at somebody's credentials and their being known to the hub nobody would find them; this does."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Revoked]] = deque(maxlen=RECENT)

    def take(self, revoked: Revoked, devices: Iterable[Connection]) -> None:
        """Closes those of the person's devices that it ends, or has them look again at what they may do."""
        is_news = self.hear(revoked)
        for connection in devices:
            if ends(revoked, connection):
                connection.disconnect(closing(revoked))
            elif is_news and revoked.credential == RIGHTS:
                connection.send(Rooms())

    def hear(self, revoked: Revoked) -> bool:
        """Keeps one that was just heard of; whether it was news: the position check brings again what hints brought."""
        known = any(revoked == each for _, each in self._recent)
        if not known:
            self._recent.append((asyncio.get_running_loop().time(), revoked))
        return not known

    def meet(self, connection: Connection) -> None:
        """Does for who is let in what they came too late for."""
        if code := self.objection(connection):
            connection.disconnect(code)
        elif any(
            _is_about(revoked, connection) and revoked.credential == RIGHTS for revoked in self._since(connection)
        ):
            connection.send(Rooms())

    def objection(self, connection: Connection) -> CloseCode | None:
        """Why somebody may not be let in by what they showed at `asked_at`; None if nothing speaks against it."""
        since = self._since(connection)
        mine = [revoked for revoked in since if ends(revoked, connection)]
        if mine:
            return closing(mine[-1])
        # After so many, one may have been forgotten already.
        return CloseCode.OVERLOADED if len(since) == RECENT else None

    def _since(self, connection: Connection) -> list[Revoked]:
        return [revoked for at, revoked in self._recent if at >= connection.asked_at]


def closing(revoked: Revoked) -> CloseCode:
    """How those are sent away whom it ends."""
    return CloseCode.BANNED if revoked.banned else CloseCode.SIGNED_OUT


def ends(revoked: Revoked, connection: Connection) -> bool:
    """Whether a connection was opened with what was revoked."""
    return _is_about(revoked, connection) and revoked.credential in ("", connection.credential)


def _is_about(revoked: Revoked, connection: Connection) -> bool:
    return connection.person is not None and connection.person.id == revoked.user_id

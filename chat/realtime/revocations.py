"""What was revoked lately: for those whose credentials were looked up before, and who are let in after."""

import asyncio
from collections import deque

from chat.domain.closing import CloseCode
from chat.domain.news import Revoked
from chat.realtime.connection import Connection

RECENT = 1000
"""Revocations that are kept."""


class Revocations:
    """Between the look at somebody's credentials and their being known to the hub nobody would find them; this does."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, Revoked]] = deque(maxlen=RECENT)

    def hear(self, revoked: Revoked) -> None:
        """Keeps one that was just heard of."""
        self._recent.append((asyncio.get_running_loop().time(), revoked))

    def objection(self, connection: Connection) -> CloseCode | None:
        """Why somebody may not be let in by what they showed at `asked_at`; None if nothing speaks against it."""
        since = [revoked for at, revoked in self._recent if at >= connection.asked_at]
        mine = [revoked for revoked in since if ends(revoked, connection)]
        if mine:
            return closing(mine[-1])
        # After so many, one may have been forgotten already.
        return CloseCode.OVERLOADED if len(since) == RECENT else None


def closing(revoked: Revoked) -> CloseCode:
    """How those are sent away whom it ends."""
    return CloseCode.BANNED if revoked.banned else CloseCode.SIGNED_OUT


def ends(revoked: Revoked, connection: Connection) -> bool:
    """Whether a connection was opened with what was revoked."""
    person = connection.person
    mine = person is not None and person.id == revoked.user_id
    return mine and revoked.credential in ("", connection.credential)

"""How far people have read, gathered for a moment so that many marks are one write."""

import asyncio
import logging

from chat.realtime.bridge import call
from chat.services.reading import move_marks

logger = logging.getLogger(__name__)

MARKS_SECONDS = 2.0
"""How long read marks gather before they are written."""


class Marks:
    """The newest mark of each person and room that is not written yet."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], int] = {}

    def note(self, user_id: int, room: str, seq: int) -> int:
        """Keeps how far somebody has read, which only goes forward; how far that is now."""
        reached = self._waiting[user_id, room] = max(seq, self._waiting.get((user_id, room), 0))
        return reached

    def forget(self, user_id: int, room: str) -> None:
        """Keeps nothing for a room whose mark is about to go back."""
        self._waiting.pop((user_id, room), None)

    async def write(self) -> None:
        """Writes again and again what has gathered."""
        while True:
            await asyncio.sleep(MARKS_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Writes what has gathered."""
        if not self._waiting:
            return
        marks, self._waiting = self._waiting, {}
        try:
            await call(move_marks, marks=marks)
        except Exception:
            logger.exception("read marks were not written; the next ones will be")

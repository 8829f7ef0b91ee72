"""What is in force against somebody, and how they are told."""

from datetime import datetime
from typing import NamedTuple

from chat.domain.errors import Banned, Muted


class Sentence(NamedTuple):
    """A mute or ban in force, in one room or `everywhere`; without an end it lasts until somebody lifts it.

    It is appealed against by its `number`.
    """

    reason: str
    ends_at: datetime | None = None
    retry_after_ms: int | None = None
    everywhere: bool = False
    number: int = 0


class Sentenced(NamedTuple):
    """The mute and the ban that somebody is under in the room at hand."""

    mute: Sentence | None = None
    ban: Sentence | None = None


FREE = Sentenced()


def muted(sentence: Sentence) -> Muted:
    """The refusal of who is muted."""
    return Muted(_told("muted", sentence), retry_after_ms=sentence.retry_after_ms)


def banned(sentence: Sentence) -> Banned:
    """The refusal of who is banned."""
    return Banned(_told("banned", sentence), retry_after_ms=sentence.retry_after_ms)


def _told(what: str, sentence: Sentence) -> str:
    where = "" if sentence.everywhere else " here"
    end = f"{sentence.ends_at:%Y-%m-%d %H:%M} UTC" if sentence.ends_at else "a moderator lifts it"
    return f"You are {what}{where} until {end}. Reason: {sentence.reason}"

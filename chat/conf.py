"""The chat's own settings: `settings.PARLEY` over these defaults, read in one place."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


@dataclass(frozen=True)
class Conf:
    """Every limit of the chat, with its default."""

    SEND_BURST: int = 10
    """Messages a person may send at once; with SEND_PER_SECOND the one limit over all workers and transports."""
    SEND_PER_SECOND: float = 1.0
    """How fast a spent SEND_BURST refills."""
    POSITION_CHECK_SECONDS: float = 2.0
    """How often a worker compares its rooms with the database, which finds every lost hint."""
    HEARTBEAT_SECONDS: float = 25.0
    """How often a socket gets the heads of its rooms."""
    DATABASE_THREADS: int = 8
    """Threads of a worker that serve its sockets' database work."""
    DROP_HINTS: str = ""
    """Fault switch of the tests: `all` loses every hint between workers, `swap` reverses neighbours."""
    OPEN_SIGN_UP: bool = True
    """Whether a stranger may make an account."""
    LOBBY: str = "general"
    """The open room that everybody new is brought into, where it exists."""


@lru_cache(maxsize=1)
def conf() -> Conf:
    """The settings in force."""
    known = {field.name for field in fields(Conf)}
    given: dict[str, Any] = getattr(settings, "PARLEY", {})
    return Conf(**{name: value for name, value in given.items() if name in known})


def _forget(*, setting: str, **_: Any) -> None:
    if setting == "PARLEY":
        conf.cache_clear()


setting_changed.connect(_forget)

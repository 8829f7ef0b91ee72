"""Where somebody is signed in, as they may see it."""

import re
from datetime import datetime
from typing import NamedTuple

from chat import models
from chat.queries.access import Viewer
from chat.queries.people import people_of_sessions

SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X", "Mac"), ("CrOS", "Chrome OS"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"),
            ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip


class SignedIn(NamedTuple):
    """One place where somebody is signed in."""

    id: int
    device: str
    address: str
    begun_at: datetime
    seen_at: datetime
    current: bool


def sessions_of(viewer: Viewer, *, current: str) -> list[SignedIn]:
    """The viewer's own valid sessions, `current` first, then those used last."""
    rows = list(models.UserSession.objects.filter(user=viewer.pk).order_by("-seen_at"))
    valid = people_of_sessions([row.session_key for row in rows])
    shown = [
        SignedIn(row.pk, device(row.user_agent), row.address, row.begun_at, row.seen_at, row.session_key == current)
        for row in rows
        if row.session_key in valid
    ]
    return sorted(shown, key=lambda each: not each.current)


def device(user_agent: str) -> str:
    """A browser and its system in two words, else the first word of what a program calls itself."""
    browser = _named(user_agent, BROWSERS)
    system = _named(user_agent, SYSTEMS)
    if browser and system:
        return f"{browser} on {system}"
    return browser or re.split(r"[\s/(]", user_agent, maxsplit=1)[0][:40] or "Unknown device"


def _named(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in user_agent), "")

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
    PING_SECONDS: float = 25.0
    """How often a socket is pinged; one that answers nothing for four fifths of this is taken for gone."""
    COMMENT_SECONDS: float = 15.0
    """How often a quiet stream gets a comment, without which proxies would take it for dead."""
    DATABASE_THREADS: int = 8
    """Threads of a worker that serve its sockets' database work."""
    FRAMES_BURST: int = 200
    """Frames a socket may send at once beside its messages; more closes it."""
    FRAMES_PER_SECOND: float = 50.0
    """How fast a spent FRAMES_BURST refills."""
    SOCKETS_PER_PERSON: int = 20
    """Sockets and streams one person may have open on all workers together."""
    CONNECTS_BURST: int = 2000
    """Connects (sockets, streams, polls) a worker takes at once; above it answers overload without a look at the
    database."""
    CONNECTS_PER_SECOND: float = 500.0
    """How fast a spent CONNECTS_BURST refills."""
    PASSWORDS_PER_ADDRESS: str = "60/min"
    """Passwords tried from one address, at all doors together."""
    PASSWORDS_PER_NAME: str = "10/min"
    """Passwords tried from one address on one name."""
    SIGN_UPS_PER_ADDRESS: str = "100/hour"
    """Accounts made from one address."""
    TOKENS_PER_PERSON: str = "30/hour"
    """Tokens one person may make."""
    TICKETS_PER_PERSON: str = "120/min"
    """Tickets one person may make."""
    CODES_PER_PERSON: str = "30/hour"
    """Codes of a second factor one person may try."""
    EXPORTS_PER_PERSON: str = "6/hour"
    """Times one person may take their data along."""
    MAILS_PER_ADDRESS: str = "60/hour"
    """Mails that visitors from one address may cause."""
    MAILS_PER_RECIPIENT: str = "6/hour"
    """Mails that visitors may send to one recipient."""
    SEARCHES_PER_PERSON: str = "120/min"
    """Times one person may look for people or open rooms."""
    REPORTS_PER_PERSON: str = "30/hour"
    """Reports of messages and appeals one person may write."""
    NAMES_PER_PERSON: str = "30/hour"
    """Times one person may give themselves another name or picture, which all their rooms are told."""
    BODY_BYTES: int = 10485760
    """What a request may carry at most; forms and JSON have limits of their own far below."""
    DRAIN_SECONDS: float = 3.0
    """Over how long a leaving worker spreads the farewells of its sockets."""
    FORGET_SECONDS: float = 40.0
    """After how long without a word from it a worker takes another for dead, and its people for gone."""
    SLOW_SECONDS: float = 60.0
    """How long a client that reads nothing keeps its socket."""
    DROP_HINTS: str = ""
    """Fault switch of the tests: `all` loses every hint between workers, `swap` reverses neighbours."""
    SIGN_UP: str = "open"
    """Who makes an account: `open` whoever comes, `invite` who holds an invite link, `closed` administrators alone."""
    NEWCOMER_MINUTES: float = 0
    """How long a new account posts no links and calls no more than NEWCOMER_MENTIONS people at once; 0 for no limit."""
    NEWCOMER_MENTIONS: int = 3
    """How many people a new account may call in one message."""
    ERASED_MESSAGES: str = "keep"
    """What erasing a person does to their messages: `keep` them as a deleted person's, or `remove` them."""
    UNDO_HOURS: float = 24.0
    """How long what moderators do can be undone; so long the text of a removed message is kept. 0 erases it at once."""
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

"""What the session sees of a connection, whichever way it goes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from parley_client.api import Api
from parley_client.credentials import Credentials
from parley_client.frames import Frame
from parley_client.shapes import Cursor, Message

LOST = 1006
"""The code of a connection that ended without one."""


class Ended(Exception):
    """The connection is over; `code` and `retry_after_ms` advise what to do next."""

    def __init__(self, code: int = LOST, reason: str = "", retry_after_ms: int | None = None) -> None:
        super().__init__(f"{reason or 'The connection was lost.'} ({code})")
        self.code = code
        self.reason = reason
        self.retry_after_ms = retry_after_ms


class Blocked(Exception):
    """Something between here and the server does not let this way pass; if not `certain`, it may be the server."""

    def __init__(self, reason: str, *, certain: bool) -> None:
        super().__init__(reason)
        self.certain = certain


class Wanted(Protocol):
    """A room to follow, as it stands now."""

    room: str
    cursor: Cursor | None
    most: int | None

    async def drained(self) -> None:
        """Returns when more can be taken."""


class Draft(Protocol):
    """A message to send."""

    @property
    def client_id(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def reply_to(self) -> int | None: ...


T = TypeVar("T")


def slices(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in parts of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]


class Link(ABC):
    """One connection. `hear` is called with every frame while `run` runs."""

    def __init__(self, api: Api, credentials: Credentials, hear: Callable[[Frame], None]) -> None:
        self.api = api
        self.credentials = credentials
        self.hear = hear

    @abstractmethod
    async def open(self) -> bool:
        """Connects; whether the server knows by now who we are. Raises Ended, Blocked."""

    @abstractmethod
    async def run(self) -> None:
        """Listens until the end, and says which: raises Ended, Blocked."""

    @abstractmethod
    async def close(self) -> None:
        """Leaves."""

    @abstractmethod
    async def authenticate(self) -> None:
        """Says who we are. Raises Refused, Unreachable."""

    @abstractmethod
    def follow(self, rooms: Sequence[Wanted]) -> None:
        """Follows rooms from where they stand; one that is followed already begins anew there."""

    @abstractmethod
    def leave(self, room: str) -> None:
        """Follows a room no longer."""

    @abstractmethod
    async def post(self, room: str, draft: Draft) -> Message | None:
        """Sends a message; returns it as stored, None when it is held for review. Raises Refused, Unreachable."""

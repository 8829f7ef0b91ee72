"""By which credential something is written, so that nothing commits by one that has ended meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chat.queries.installation import ended_credentials

_credential: ContextVar[str] = ContextVar("credential", default="")


@contextmanager
def acting_by(credential: str) -> Iterator[None]:
    """Refuses what is written to rooms within once `credential` was revoked, however late the write gets its locks."""
    before = _credential.set(credential)
    try:
        yield
    finally:
        _credential.reset(before)


def has_ended(user_id: int) -> bool:
    """Whether what this person acts by was revoked. Certain while their row is locked, which a revocation needs too."""
    credential = _credential.get()
    return bool(credential) and (user_id, credential) in ended_credentials({user_id}, {credential})

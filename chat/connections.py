"""What is to be known of database connections: how to give them back, and when their failure will pass."""

from django.db import InterfaceError, InternalError, OperationalError, connection

PASSING = frozenset({"25006", "25P03"})
"""What PostgreSQL says while it is another one's standby, as after a fail-over until clients are led elsewhere, and
of a transaction that it ended because its worker had said nothing for too long."""


def passes(error: OperationalError | InterfaceError | InternalError) -> bool:
    """Whether a failure is the database's and not that of what was asked, so that repeating may succeed."""
    return not isinstance(error, InternalError) or getattr(error.__cause__, "sqlstate", "") in PASSING


def release() -> None:
    """Gives the connection of a long-lived thread of ours back, between two pieces of work.

    On PostgreSQL it returns to the pool, so that a sleeping thread holds none. On SQLite opening costs more than most
    queries, so the connection stays unless it failed.
    """
    if connection.vendor != "sqlite" or connection.errors_occurred:
        connection.close()

"""What a long-lived thread of ours does with its database connection between two pieces of work."""

from django.db import connection


def release() -> None:
    """Gives the thread's connection back.

    On PostgreSQL it returns to the pool, so that a sleeping thread holds none. On SQLite opening costs more than most
    queries, so the connection stays unless it failed.
    """
    if connection.vendor != "sqlite" or connection.errors_occurred:
        connection.close()

"""What a long-lived thread does with its database connection."""

from django.db import connection

from chat.connections import release
from chat.queries.installation import installation


def test_a_sleeping_thread_holds_no_pooled_connection_and_keeps_one_to_a_file(transactional_db):
    installation()
    release()
    assert (connection.connection is not None) == (connection.vendor == "sqlite")


def test_a_failed_connection_is_never_kept(transactional_db):
    installation()
    connection.errors_occurred = True
    release()
    assert connection.connection is None
    assert installation(), "the next piece of work opens another"

"""Promises that a proxy could break, by https and wss through the project's own: whose cookie opens a socket, no
affinity, cursors, polls that end with a commit, the first byte of a stream.
"""

from tests.conformance.test_promise_01_hello_and_credentials import (
    test_a_foreign_page_gets_nothing_by_somebody_s_cookie,
)
from tests.conformance.test_promise_03_sent_once import test_by_socket_then_post_then_another_worker_it_is_one_message
from tests.conformance.test_promise_08_any_cursor_anywhere import (
    test_a_cursor_wanders_over_all_transports_and_workers_under_concurrent_writes,
)
from tests.conformance.test_promise_12_no_affinity import (
    test_every_request_socket_and_stream_may_land_on_another_worker,
)
from tests.conformance.test_promise_13_waiting_over_http import (
    test_a_long_poll_answers_at_the_commit,
    test_a_stream_speaks_at_once_and_gives_an_id_with_the_first_event,
)

__all__ = [
    "test_a_cursor_wanders_over_all_transports_and_workers_under_concurrent_writes",
    "test_a_foreign_page_gets_nothing_by_somebody_s_cookie",
    "test_a_long_poll_answers_at_the_commit",
    "test_a_stream_speaks_at_once_and_gives_an_id_with_the_first_event",
    "test_by_socket_then_post_then_another_worker_it_is_one_message",
    "test_every_request_socket_and_stream_may_land_on_another_worker",
]

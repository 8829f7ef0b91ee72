"""The faults of the tests are real: what is frozen does not answer, what is killed is gone, what restarts is back."""

import httpx
import psycopg
import pytest

from tests.patience import PATIENCE


def test_a_frozen_redis_does_not_answer_and_a_restarted_one_is_empty(own_redis):
    with own_redis.client() as client:
        client.set("word", "kept")
        with own_redis.frozen():
            assert not own_redis.answers()
        assert client.get("word") == b"kept"
        own_redis.restart()
        assert client.get("word") is None


def test_a_killed_postgres_comes_back_with_what_was_committed(own_postgres):
    with psycopg.connect(own_postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
        with own_postgres.frozen(), pytest.raises(psycopg.OperationalError):
            psycopg.connect(own_postgres.url, connect_timeout=2)
        own_postgres.kill()
    assert not own_postgres.answers()
    own_postgres.start()
    with psycopg.connect(own_postgres.url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (1,)


def test_a_chat_restarts_where_it_was(chat_server):
    server = chat_server()
    port = server.port
    with server.frozen(), pytest.raises(httpx.TimeoutException):
        httpx.get(f"{server.url}/livez", timeout=1)
    server.restart()
    server.kill()
    server.start()
    assert server.port == port
    assert httpx.get(f"{server.url}/livez", timeout=PATIENCE).status_code == 200

"""Whether a worker lives and can serve."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from chat.api import health
from chat.realtime.drain import drain


@pytest.fixture(autouse=True)
def _not_asked_before():
    health._migrated.clear()
    yield
    health._migrated.clear()


def failed(client: Client, status: int) -> list[str]:
    answer = client.get("/readyz")
    assert answer.status_code == status
    return [name for name, state in answer.json()["parts"].items() if state != "ok"]


def test_a_worker_lives_without_a_database(client):
    """The `client` fixture opens no database, and the test would fail if one were asked."""
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_worker_that_can_serve_is_ready(db, client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "parts": {"database": "ok", "migrations": "ok", "serving": "ok"}}


def test_a_database_that_does_not_answer_is_named(db, client, monkeypatch):
    def away():
        raise OperationalError("away")

    with monkeypatch.context() as outage:
        outage.setattr(connection, "cursor", away)
        assert "database" in failed(client, 503)
    assert failed(client, 200) == []


def test_a_migration_that_was_not_applied_is_named_until_it_is(db, client):
    applied = MigrationRecorder.Migration.objects.filter(app="chat").latest("pk")
    applied.delete()
    assert failed(client, 503) == ["migrations"]
    MigrationRecorder(connection).record_applied(applied.app, applied.name)
    assert failed(client, 200) == []


def test_a_worker_that_leaves_says_so(db, client, monkeypatch):
    monkeypatch.setattr(drain, "begun", True)
    assert failed(client, 503) == ["serving"]


def test_without_redis_a_worker_is_only_slower(db, client, settings, monkeypatch):
    settings.REDIS_URL = "redis://localhost:1"
    assert client.get("/readyz").json()["parts"]["redis"] == "ok"

    def away(*_):
        raise ConnectionError("away")

    monkeypatch.setattr(cache, "get", away)
    assert failed(client, 200) == ["redis"]
    assert client.get("/readyz").json()["status"] == "degraded"

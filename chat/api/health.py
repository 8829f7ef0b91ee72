"""Whether this worker lives, and whether it can serve."""

import logging
from collections.abc import Callable
from threading import Event

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from chat import telemetry

logger = logging.getLogger(__name__)

Check = Callable[[], bool]
"""Whether a part is well; one that is not may also raise."""

_migrated = Event()
"""All migrations are applied, which they then are as long as this process lives."""


def livez(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so that an outage elsewhere restarts nobody."""
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of all workers for Prometheus; a proxy keeps them from the world."""
    return HttpResponse(telemetry.metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


def readyz(request: HttpRequest, **more: Check) -> JsonResponse:
    """The state of each part, `more` being those that the wiring knows of; 503 while one that serving needs fails.

    Redis is not one of these: without it everything is only slower, and a proxy that took all workers away for it
    would turn that into an outage.
    """
    needed = _states({"database": _database, "migrations": _migrations, **more})
    helpful = _states({"redis": _redis} if settings.REDIS_URL else {})
    ready, whole = "failed" not in needed.values(), "failed" not in helpful.values()
    status = ("ok" if whole else "degraded") if ready else "failed"
    return JsonResponse({"status": status, "parts": needed | helpful}, status=200 if ready else 503)


def _states(checks: dict[str, Check]) -> dict[str, str]:
    return {name: "ok" if _passes(name, check) else "failed" for name, check in checks.items()}


def _passes(name: str, check: Check) -> bool:
    try:
        return check()
    except Exception:
        logger.warning("Not well: %s", name, exc_info=True)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            _migrated.set()
    return _migrated.is_set()


def _redis() -> bool:
    cache.get("readyz")
    return True

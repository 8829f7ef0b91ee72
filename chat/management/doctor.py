"""What `manage.py doctor` looks at on this machine: settings, database, migrations, Redis."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult

import redis
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host

from chat.conf import conf

ANSWER_SECONDS = 5.0
BESIDE_SOCKETS = 3
"""Connections that a worker wants beside those of its sockets: the collector's and its slow rooms'."""


@dataclass(frozen=True)
class Finding:
    """What was found about a part, and what to do where it is not well."""

    part: str
    words: str
    mend: str = ""


Check = Callable[[SplitResult], Iterator[Finding]]


def look_at_settings(url: SplitResult) -> Iterator[Finding]:
    """Whether the settings fit the address that browsers use."""
    if not validate_host(url.hostname or "", settings.ALLOWED_HOSTS):
        yield Finding("settings", f"{url.hostname} is not answered", f"add {url.hostname} to ALLOWED_HOSTS")
    if (url.scheme == "https") != settings.TLS:
        wanted = "true" if url.scheme == "https" else "false"
        yield Finding("settings", f"cookies do not fit {url.scheme}", f"set PARLEY_TLS={wanted}")
    if url.scheme == "https" and not settings.TRUSTED_PROXIES:
        yield Finding("settings", "no proxy is believed", "set PARLEY_TRUSTED_PROXIES to the proxy's address")
    if settings.DEBUG:
        yield Finding("settings", "debug pages are shown to everybody", "remove DEBUG")
    for each in checks.run_checks(include_deployment_checks=url.scheme == "https"):
        if not each.is_silenced():
            yield Finding("settings", f"{each.id}: {each.msg}", each.hint or "see Django's page of this check")
    yield Finding("settings", "read")


def look_at_database(url: SplitResult) -> Iterator[Finding]:
    """Whether the database answers and has room for the workers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor != "postgresql":
            yield Finding("database", f"{connection.display_name} answers; it serves one worker")
            return
        cursor.execute("SHOW max_connections")
        [most] = cursor.fetchone()
    pool = settings.DATABASE["OPTIONS"]["pool"]["max_size"]
    if pool < conf().DATABASE_THREADS + BESIDE_SOCKETS:
        wanted = conf().DATABASE_THREADS + BESIDE_SOCKETS
        yield Finding("database", f"{pool} connections for a worker are too few", f"set DATABASE_POOL_MAX={wanted}")
    yield Finding("database", f"PostgreSQL answers; its {most} connections are enough for {int(most) // pool} workers")


def look_at_migrations(url: SplitResult) -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding("migrations", f"{len(missing)} are not applied", "run manage.py migrate")
    else:
        yield Finding("migrations", "all are applied")


def look_at_layer(url: SplitResult) -> Iterator[Finding]:
    """Whether a hint comes back from Redis."""
    if not settings.REDIS_URL:
        mend = "" if connection.vendor == "sqlite" else "set REDIS_URL, for several workers"
        yield Finding("layer", "no Redis is named; one worker needs none", mend)
        return
    channel, word = f"{settings.CHANNEL_PREFIX}.doctor", secrets.token_hex(8)
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=ANSWER_SECONDS) as client, client.pubsub() as heard:
        heard.subscribe(channel)
        heard.get_message(timeout=ANSWER_SECONDS)
        began = time.monotonic()
        client.publish(channel, word)
        answer = heard.get_message(timeout=ANSWER_SECONDS)
    if answer is None or answer["data"] != word.encode():
        yield Finding("layer", "a hint did not come back", "look whether another program uses this Redis")
    else:
        yield Finding("layer", f"a hint came back in {(time.monotonic() - began) * 1000:.0f} ms")

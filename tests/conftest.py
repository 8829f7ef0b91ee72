"""The installation the tests run in.

Unit tests run on a SQLite file; with TEST_DATABASE=postgres on a real PostgreSQL. REQUIRE_ALL=1 makes every skip a
failure. The servers that tests may ask for are in `servers/fixtures.py`.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django import conf
from hypothesis import HealthCheck, settings
from servestatic.middleware import ServeStaticMiddleware

from tests.servers.postgres import shared_postgres
from tests.servers.program import PROGRAMS, unmeasured

pytest_plugins = [
    "tests.browser.chromium",
    "tests.emptying",
    "tests.servers.fixtures",
    "tests.inhabited",
    "tests.world",
]

HERE = Path(__file__).parent
HOME = Path(tempfile.mkdtemp(prefix="parley-tests-"))
SERVERS = {
    "any_chat", "chat", "chat_by_hints", "chat_of_four", "chat_server", "cluster", "composed", "crew", "fuzzed",
    "house", "lively_chat", "own_postgres", "own_redis", "postgres_server", "redis_server", "served", "start_chat",
    "start_fleet", "told",
}  # fmt: skip
WHOLE = {"admin", "browser", "deploy", "docs", "foreign", "fuzz", "journeys", "wire"}
"""Folders whose servers show nothing of the code that others do not show: their lines are not counted."""
settings.register_profile("busy machines", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machines")
REQUIRE_ALL = bool(os.environ.get("REQUIRE_ALL"))


def _settle() -> None:
    """Set up Django on an installation that is this run's own."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    # Hundreds of processes are started, and each would compile all modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PARLEY_DATA_DIR": str(HOME)}
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = shared_postgres().database("parley")
    django.setup()
    # A strong hash takes a quarter of a second, which is its purpose; servers of the tests make those.
    conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


_settle()


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("servers")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    return _unskipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = _unskipped((yield))
    if report.failed:
        for program in (program for node in item.listchain() for program in node.stash.get(PROGRAMS, [])):
            report.sections.append((f"log of {type(program).__name__}", program.describe()))
    return report


def _unskipped(report: pytest.TestReport | pytest.CollectReport) -> pytest.TestReport | pytest.CollectReport:
    """The report, failed where everything is required and it was skipped."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but REQUIRE_ALL is set: {report.longrepr}"
    return report


@pytest.fixture(autouse=True, scope="module")
def lines_counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Coverage slows a process down by half, so it looks at those that show something."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.relative_to(HERE).parts[0] in WHOLE:
            for name in os.environ.keys() - unmeasured(os.environ).keys():
                patch.delenv(name)
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_looked_for_once() -> Iterator[None]:
    """Each test client builds the middleware anew; to look for hundreds of files each time would take most of a run."""
    found: dict[str, Any] = {}
    look = ServeStaticMiddleware.add_files_from_finders

    def look_once(self: ServeStaticMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_finders", look_once)
        yield

"""A Chromium for the tests: the machine's own, or the one that playwright has installed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.patience import PATIENCE

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--ignore-certificate-errors",  # Service workers too are to come from a server with a certificate of its own.
]  # fmt: skip


def executable(playwright: Playwright) -> str:
    given = os.environ.get("CHROMIUM", "")
    found = given or next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
    if not Path(found).exists():
        pytest.skip("NOT TESTED: no Chromium; install one, name it by CHROMIUM, or run `playwright install chromium`")
    return found


_held = ExitStack()
_browsers: list[Browser] = []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of all modules in a row that ask for it: to start it takes longer than most of their tests.

    Pages that a module leaves open would go on looking for their server: they end with it.
    """
    if not (_browsers and _browsers[0].is_connected()):
        _close()
        playwright = _held.enter_context(sync_playwright())
        path = executable(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS, timeout=2 * PATIENCE * 1000)
        _held.callback(browser.close)
        expect.set_options(timeout=PATIENCE * 1000)
        _browsers.append(browser)
    yield _browsers[0]
    for context in _browsers[0].contexts:
        context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Its event loop would be in the way of asynchronous tests, so it ends before a module that may have some."""
    try:
        return (yield)
    finally:
        if nextitem is None or (nextitem.path != item.path and "chromium" not in _asked(nextitem)):
            _close()


def _asked(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _close() -> None:
    _browsers.clear()
    _held.close()

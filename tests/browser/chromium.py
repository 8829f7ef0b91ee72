"""A Chromium for the tests: the machine's own, or the one that playwright has installed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; its event loop would be in the way of asynchronous tests, so it ends with it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright), args=OPTIONS, timeout=2 * PATIENCE * 1000
        )
        yield browser
        browser.close()

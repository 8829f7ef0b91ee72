"""The script's models in a real browser, without a server: files are answered from the folder they lie in."""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

ORIGIN = "http://parley.test"
HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "chat/static/chat"

Run = Callable[..., Any]


def _answer(route: Route) -> None:
    """Modules of the page under /js/, doubles of the tests under /doubles/, an empty page for all else."""
    path = route.request.url.removeprefix(ORIGIN).lstrip("/")
    file = HERE / path if path.startswith("doubles/") else STATIC / path
    if file.is_file():
        route.fulfill(path=file, content_type=mimetypes.guess_type(file.name)[0])
    else:
        route.fulfill(body="<!doctype html><title>Tests</title><body>", content_type="text/html")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page of plain http, with a clock that stands still until a test moves it."""
    context = chromium.new_context(timezone_id="Europe/Berlin")
    context.route(f"{ORIGIN}/**", _answer)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # It ticks until it is paused, and cannot be paused in its past.
    page.clock.install(time="2026-11-20T11:00:00Z")
    page.goto(f"{ORIGIN}/")
    page.clock.pause_at("2026-11-20T12:00:01Z")
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def run(page: Page) -> Run:
    """Runs the body of an async function and returns what it returns.

    Named modules are at hand by their export: `run("connection", "…")` may use `Connection`. What is put on `window`
    stays for the next call.
    """

    def call(*modules_and_body: str, **given: Any) -> Any:
        *modules, body = modules_and_body
        return page.evaluate(
            """async ([modules, body, given]) => {
              const names = {};
              for (const module of modules) Object.assign(names, await import(`/${module}.js`));
              const AsyncFunction = (async () => {}).constructor;
              const all = { ...names, ...given };
              return new AsyncFunction(...Object.keys(all), body)(...Object.values(all));
            }""",
            [modules, body, given],
        )

    return call

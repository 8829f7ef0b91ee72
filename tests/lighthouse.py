"""What Lighthouse says of a room on a phone: `make lighthouse`. Ends with an error where a score is below the aim."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.chromium import executable
from tests.servers.chat import ChatServer
from tests.servers.node import found_node
from tests.servers.program import free_port, listens, wait_until

VERSION = "13.5.0"
CATEGORIES = ("performance", "accessibility", "best-practices")
METRICS = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "speed-index")
AIM = 95
SIGN_IN = """
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from chat.services.memberships import join_room

person = get_user_model().objects.get(username="flood-1")
join_room(actor=person, room="busy")
request = HttpRequest()
request.session = SessionStore()
login(request, person, backend="chat.services.backends.PersonBackend")
request.session.save()
print(request.session.session_key)
"""


@contextmanager
def busy_room(folder: Path) -> Iterator[tuple[str, str]]:
    """A server with a room in which much was said: its address, and the session of somebody who is in it."""
    server = ChatServer(folder / "chat", variables={"SECRET_KEY": "measured-" * 8})
    server.manage("migrate", "--verbosity", "0")
    server.manage("flood_room", "busy", "--messages", "5000")
    session = server.manage("shell", "--no-imports", "--command", SIGN_IN).split()[-1]
    server.start()
    try:
        yield server.url, session
    finally:
        server.stop()


@contextmanager
def signed_in_browser(folder: Path, url: str, session: str) -> Iterator[int]:
    """A Chromium that has this session; the port of its remote control."""
    port = free_port()
    with sync_playwright() as playwright:
        options = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}"]
        command = [executable(playwright), *options, f"--remote-debugging-port={port}", "about:blank"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                _sign_in(playwright, port, url, session)
                yield port
            finally:
                process.terminate()


def _sign_in(playwright: Playwright, port: int, url: str, session: str) -> None:
    wait_until(lambda: listens(port), lambda: "Chromium does not answer")
    browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
    browser.contexts[0].add_cookies([{"name": "sessionid", "value": session, "url": url}])
    browser.close()


def scores(url: str, port: int) -> dict[str, int]:
    """The marks out of a hundred, by category."""
    node, npm = found_node()
    options = [f"--port={port}", f"--only-categories={','.join(CATEGORIES)}", "--output=json", "--quiet"]
    command = [*npm, "exec", "--yes", f"lighthouse@{VERSION}", "--", url, *options]
    path = os.pathsep.join([str(Path(node).parent), os.environ["PATH"]])
    done = subprocess.run(command, env=os.environ | {"PATH": path}, stdout=subprocess.PIPE, check=True)
    report = json.loads(done.stdout)
    for audit in report["audits"].values():
        short = audit["score"] is not None and audit["score"] < 0.9
        if (short or audit["id"] in METRICS) and audit.get("displayValue"):
            print(f"  {audit['title']}: {audit['displayValue']}")
    return {name: round(100 * category["score"]) for name, category in report["categories"].items()}


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with busy_room(folder) as (url, session), signed_in_browser(folder, url, session) as port:
            found = scores(f"{url}/rooms/busy/", port)
    print(", ".join(f"{category} {score}" for category, score in found.items()))
    return int(min(found.values()) < AIM)


if __name__ == "__main__":
    sys.exit(main())

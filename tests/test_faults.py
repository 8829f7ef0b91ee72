"""Faults are reported where SENTRY_DSN says: what went wrong and where, not what people wrote and who they are."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.servers.chat import ChatServer

FAULT = """
import logging
from django.db import IntegrityError

def break_down(body):
    error = IntegrityError("no two alike\\nDETAIL: Key (body)=(a secret text) already exists.")
    raise error

try:
    break_down("a secret text")
except IntegrityError:
    logging.getLogger("chat.services").exception("it broke", extra={"request": "/rooms/secret-room/"})
logging.getLogger("chat.services").warning("only a warning")
"""


class Reports(HTTPServer):
    """Takes what is reported."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Take)
        self.taken = []
        self.url = f"http://key@127.0.0.1:{self.server_port}/1"


class Take(BaseHTTPRequestHandler):
    """One report."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append(gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        """Says nothing."""


@pytest.fixture
def reports():
    server = Reports()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def break_at(url, folder):
    installation = ChatServer(folder, variables={"SENTRY_DSN": url})
    loaded = "import sys; print('sentry_sdk' in sys.modules)"
    return installation.manage("shell", "--no-imports", "--command", f"{FAULT}\n{loaded}").split()[-1]


def test_a_fault_is_reported_with_its_place_and_without_any_text(reports, tmp_path):
    assert break_at(reports.url, tmp_path) == "True"
    [sent] = reports.taken
    [event] = [json.loads(line) for line in sent.splitlines() if b'"exception"' in line]
    [fault] = event["exception"]["values"]
    assert (fault["type"], fault["value"]) == ("IntegrityError", "no two alike\nDETAIL: left out")
    assert [frame["function"] for frame in fault["stacktrace"]["frames"]][-1] == "break_down"
    assert event["logentry"]["message"] == "it broke"
    assert b"secret" not in sent


def test_nothing_is_reported_nor_loaded_without_an_address(reports, tmp_path):
    assert break_at("", tmp_path) == "False"
    assert reports.taken == []

"""`make cluster TLS=1`: two people in browsers on different workers, over https and wss alone."""

import json
import re
import signal
import ssl
import sys

import httpx
import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.patience import PATIENCE
from tests.servers.chat import PROJECT
from tests.servers.nginx import find_nginx
from tests.servers.program import PROGRAMS, Missing, Program, free_port


class Cluster(Program):
    """The program behind `make cluster`, as its target starts it, with two workers."""

    patience = 4 * PATIENCE  # It starts one thing after the other.

    def __init__(self, folder):
        super().__init__(folder)
        self.http_port, self.https_port = free_port(), free_port()
        self.url = f"https://localhost:{self.https_port}"

    def command(self):
        ports = ["--port", str(self.http_port), "--https-port", str(self.https_port)]
        return [sys.executable, "-m", "deploy.cluster", "--tls", "--workers", "2", *ports]

    def answers(self):
        return "workers behind nginx" in self.log.read_text()

    def said(self, pattern):
        return re.search(pattern, self.log.read_text())

    @property
    def certificate(self):
        folder = self.said(r"logs in (\S+)")[1]
        return f"{folder}/tls/fullchain.pem"


@pytest.fixture(scope="module")
def cluster(request, postgres_server, redis_server, tmp_path_factory):
    """Started in the project's folder; leaves with 0."""
    try:
        find_nginx()
    except Missing as missing:
        pytest.skip(f"NOT TESTED: {missing}")
    program = Cluster(tmp_path_factory.mktemp("cluster"))
    request.node.stash.setdefault(PROGRAMS, []).append(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.setenv("TEST_DATABASE_URL", postgres_server.url)
        patch.setenv("TEST_REDIS_URL", redis_server.url)
        program.start()
        yield program
        assert program.stop() == 0


@pytest.fixture
def http(cluster):
    """A client that trusts the certificate which the cluster has made."""
    with httpx.Client(verify=ssl.create_default_context(cafile=cluster.certificate), timeout=PATIENCE) as client:
        yield client


def test_http_leads_to_https_and_browsers_are_told_to_stay_there(cluster, http):
    sent = http.get(f"http://localhost:{cluster.http_port}/sign-in/?next=/new/")
    assert (sent.status_code, sent.headers["location"]) == (308, f"{cluster.url}/sign-in/?next=/new/")
    page = http.get(sent.headers["location"])
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "Secure" in page.headers["set-cookie"]


def test_what_a_client_says_of_its_way_here_is_not_believed(cluster, http):
    """Not its scheme, and not the path that the chat lies under."""
    forged = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "198.51.100.7", "Daphne-Root-Path": "/elsewhere"}
    page = http.get(f"{cluster.url}/sign-in/", headers=forged)
    assert page.status_code == 200, "it was sent to https once more"
    assert "/elsewhere" not in page.text


class Visitor(Person):
    """Somebody in a browser, and the workers behind their sockets."""

    def __init__(self, browser, cluster, name):
        self.sockets, self.workers = [], []
        super().__init__(browser, cluster.url, name)
        self.page.on("websocket", self._watch)
        self.sign_up()

    def enter(self, room):
        self.workers.clear()
        super().enter(room)
        return self.workers[-1]

    def _watch(self, socket):
        self.sockets.append(socket.url)
        socket.on("framereceived", self._hear)

    def _hear(self, payload):
        frame = json.loads(payload)
        if frame["command"] == "hello":
            self.workers.append(frame["connection_id"].partition("-")[0])


def test_two_browsers_on_different_workers_talk_over_wss(cluster, chromium):
    expect.set_options(timeout=PATIENCE * 1000)
    nora, otto = (Visitor(chromium, cluster, name) for name in ("Nora", "Otto"))
    worker = nora.enter("general")
    assert any(otto.enter("general") != worker for _ in range(30))
    for one, other, words in ((nora, otto, "Is it safe here?"), (otto, nora, "By https alone.")):
        one.send(words)
        other.sees(words)
    assert {address.partition(":")[0] for address in nora.sockets + otto.sockets} == {"wss"}
    assert all(cookie["secure"] for cookie in nora.context.cookies())
    for visitor in (nora, otto):
        visitor.context.close()
        assert visitor.complaints == []


def test_a_renewal_takes_nobody_the_chat_and_a_killed_worker_is_replaced(cluster, http):
    """Asked all the while, over connections of their own."""
    cluster.signal(signal.SIGHUP)
    while not cluster.said("All workers are renewed"):
        assert http.get(f"{cluster.url}/livez", headers={"connection": "close"}).status_code == 200

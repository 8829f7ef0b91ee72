"""The doctor finds nothing at a chat that is well, and names what mends one that is not."""

import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError
from django.db.migrations.recorder import MigrationRecorder

from chat.management import doctor
from chat.management.outside import look_at_proxy, look_at_socket
from tests.servers.certificate import shared_certificates
from tests.servers.program import free_port

HERE = urlsplit("http://localhost")
BY_TLS = urlsplit("https://chat.example.org")


def mends(check, url=HERE):
    return [found.mend for found in check(url) if found.mend]


def test_at_a_chat_that_is_well_there_is_nothing_to_mend(chat):
    done = chat.server.run("doctor", chat.server.url)
    assert done.returncode == 1, "the proxy is missing, so /metrics is open"
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("MEND")] == [
        "MEND proxy: everybody can read /metrics. To mend: let the proxy answer 404 there."
    ]
    assert [line.split()[1] for line in lines] == [
        "settings:", "database:", "migrations:", "layer:", "proxy:", "proxy:", "socket:",
    ]  # fmt: skip


def test_each_part_that_is_away_is_named_with_what_mends_it(manage, settings):
    """Nobody listens at the address, and Redis is not there."""
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    with pytest.raises(CommandError, match=r"3 to mend; docs/troubleshooting\.md"):
        manage("doctor", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(CommandError, match="begins with http"):
        manage("doctor", "chat.example.org")


def test_settings_that_do_not_fit_the_address_are_named(settings):
    assert mends(doctor.look_at_settings) == []
    found = mends(doctor.look_at_settings, BY_TLS)
    assert found[:3] == [
        "add chat.example.org to ALLOWED_HOSTS",
        "set PARLEY_TLS=true",
        "set PARLEY_TRUSTED_PROXIES to the proxy's address",
    ]
    settings.DEBUG = settings.TLS = True
    assert mends(doctor.look_at_settings)[:2] == ["set PARLEY_TLS=false", "remove DEBUG"]


def test_tables_of_another_version_are_named(transactional_db):
    assert mends(doctor.look_at_migrations) == []
    recorder = MigrationRecorder(doctor.connection)
    [app, name] = max(each for each in recorder.applied_migrations() if each[0] == "chat")
    recorder.record_unapplied(app, name)
    try:
        assert mends(doctor.look_at_migrations) == ["run manage.py migrate"]
    finally:
        recorder.record_applied(app, name)


def test_redis_is_asked_to_bring_a_hint_back(settings, redis_server):
    settings.REDIS_URL = redis_server.url
    [found] = doctor.look_at_layer(HERE)
    assert found.words.startswith("a hint came back")


class Proxy(BaseHTTPRequestHandler):
    """A proxy in which one thing is wrong."""

    wrong = ""

    def do_GET(self):
        forwarded = self.headers.get("X-Forwarded-Proto", "")
        status, cookie = 200, "csrftoken=a"
        if self.path == "/livez" and self.wrong == "down":
            status = 502
        elif self.path == "/metrics":
            status = 200 if self.wrong == "metrics" else 404
        elif self.path == "/ws/":
            status = 404
        elif self.path == "/sign-in/":
            status = 301 if self.wrong == "loop" or (self.wrong == "believes" and forwarded == "http") else 200
            cookie += "; Secure" if self.wrong == "believes" and forwarded == "https" else ""
        self.send_response(status)
        self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextmanager
def proxy(wrong, *, tls):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Wrong", (Proxy,), {"wrong": wrong}))
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = shared_certificates()
        context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield urlsplit(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("wrong", "tls", "mend"),
    [
        ("down", False, "let the proxy pass on everything to the workers"),
        ("metrics", False, "let the proxy answer 404 there"),
        ("believes", False, "let the proxy overwrite X-Forwarded-Proto"),
        ("loop", True, "let the proxy set X-Forwarded-Proto, and name its address in PARLEY_TRUSTED_PROXIES"),
        ("believes", True, "let the proxy overwrite it"),
        ("", False, None),
        ("", True, None),
    ],
)
def test_what_is_wrong_with_a_proxy_is_seen_from_outside(wrong, tls, mend):
    with proxy(wrong, tls=tls) as url:
        assert mends(look_at_proxy, url) == ([mend] if mend else [])


@pytest.mark.parametrize("tls", [False, True])
def test_a_proxy_that_passes_on_no_upgrade_is_named(tls):
    with proxy("", tls=tls) as url:
        assert mends(look_at_socket, url) == [
            "let the proxy speak HTTP/1.1 to the workers and pass on Upgrade and Connection"
        ]

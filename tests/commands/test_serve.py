"""What `manage.py serve` refuses, in one line, and what it takes over."""

import socket
import subprocess
import sys

import httpx
import pytest

from tests.patience import PATIENCE
from tests.servers.chat import LISTENING, PROJECT, ChatServer

POSTGRES = "postgresql://parley@127.0.0.1:1/none"
REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def refusal(tmp_path):
    """The one line on stderr of a `serve` that must fail."""

    def run(*options, **installation):
        done = ChatServer(tmp_path, **installation).run("serve", *options)
        assert done.returncode == 1
        [line] = done.stderr.splitlines()
        assert done.stdout == ""
        return line

    return run


def test_a_taken_port_is_said_in_one_line(refusal):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refusal("--port", str(port))
    assert line == f"CommandError: Port {port} on 127.0.0.1 is taken by another program; choose another port."


def test_sqlite_is_served_by_one_worker(refusal):
    assert "SQLite has one writer" in refusal("--workers", "2", redis_url=REDIS)


def test_several_workers_need_redis(refusal):
    assert "set REDIS_URL" in refusal("--workers", "2", database_url=POSTGRES)


def test_there_is_at_least_one_worker(refusal):
    assert "at least 1" in refusal("--workers", "0")


def test_workers_that_cannot_start_are_said(tmp_path):
    variables = {"DJANGO_SETTINGS_MODULE": "tests.realtime.tiny_settings", "TINY_BROKEN_IF": str(tmp_path)}
    server = ChatServer(tmp_path, database_url=POSTGRES, redis_url=REDIS, variables=variables)
    done = server.run("serve", "--workers", "2", "--port", "0")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Unknown child" not in done.stderr
    assert done.stderr.endswith("CommandError: The workers could not start; the lines above say why.\n")


def test_an_inherited_socket_is_served(tmp_path):
    server = ChatServer(tmp_path, variables={"DJANGO_SETTINGS_MODULE": "tests.realtime.tiny_settings"})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        child = subprocess.Popen(
            [sys.executable, PROJECT / "manage.py", "serve", "--fd", str(descriptor)],
            pass_fds=[descriptor],
            env=server.environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
    assert LISTENING.match(child.stdout.readline())[2] == str(port)
    assert httpx.get(f"http://127.0.0.1:{port}/pid", timeout=PATIENCE).text == str(child.pid)
    child.terminate()
    child.communicate()
    assert child.returncode == 0

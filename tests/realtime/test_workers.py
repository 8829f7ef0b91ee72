"""Several workers on one port: shared out, replaced, renewed, and gone with their parent."""

import signal
from urllib.request import urlopen

import httpx
import psutil

from tests.patience import PATIENCE
from tests.servers.program import wait_until


def test_two_workers_both_get_connections(tiny_server):
    server = tiny_server(workers=2)
    pids = server.worker_pids()
    assert len(pids) == 2
    assert {_pid(server) for _ in range(40)} == set(pids)


def test_a_killed_worker_is_replaced_and_no_connection_is_refused_meanwhile(tiny_server):
    server = tiny_server(workers=2)
    killed, other = server.kill_worker(), server.worker_pids()[-1]
    for _ in range(20):
        assert _pid(server) != killed
    wait_until(lambda: len(server.worker_pids()) == 2, server.describe)
    assert killed not in server.worker_pids()
    assert other in server.worker_pids()
    wait_until(lambda: _pid(server) not in (killed, other), server.describe)


def test_a_hangup_renews_every_worker_without_refusing_a_connection(tiny_server):
    server = tiny_server(workers=2)
    before = set(server.worker_pids())
    server.signal(signal.SIGHUP)

    def renewed():
        _pid(server)
        return len(server.worker_pids()) == 2 and before.isdisjoint(server.worker_pids())

    wait_until(renewed, server.describe)
    assert {_pid(server) for _ in range(40)} == set(server.worker_pids())


def test_a_renewal_that_cannot_start_leaves_the_workers_in_place(tiny_server, tmp_path):
    switch = tmp_path / "broken"
    server = tiny_server(workers=2, TINY_BROKEN_IF=str(switch))
    before = server.worker_pids()
    switch.touch()
    server.signal(signal.SIGHUP)
    wait_until(lambda: "The renewal stops here" in server.describe(), server.describe)
    assert server.worker_pids() == before
    assert _pid(server) in before


def test_the_parent_passes_a_signal_on_and_exits_with_0(tiny_server):
    server = tiny_server(workers=2)
    with httpx.stream("GET", f"{server.url}/until-drain", timeout=PATIENCE) as response:
        chunks = response.iter_bytes()
        assert next(chunks) == b"begun,"
        server.signal(signal.SIGTERM)
        assert b"".join(chunks).startswith(b"finished")
    assert server.wait() == 0


def test_workers_leave_when_their_parent_is_killed(tiny_server):
    server = tiny_server(workers=2)
    workers = [psutil.Process(pid) for pid in server.worker_pids()]
    server.signal(signal.SIGKILL)
    server.wait()
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    assert not alive


def _pid(server):
    """Who answers a new connection."""
    with urlopen(f"{server.url}/pid", timeout=PATIENCE) as answer:
        return int(answer.read())

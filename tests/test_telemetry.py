"""Several workers put their numbers together in files; a disk without room for them ends no worker."""

import os
import subprocess
import sys

from chat.telemetry import SHARED, SHARED_BYTES
from tests.servers.chat import PROJECT

COUNT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from chat import telemetry
telemetry.CONNECTIONS.labels(transport="socket").inc()
for code in range(4000, 4060):
    telemetry.CLOSES.labels(code=str(code)).inc()
telemetry.MESSAGES.inc()
telemetry.LOOP_LAG.observe(1)
print(telemetry.metrics().decode())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
"""


def _count(folder, *, room):
    """What a process with so many bytes for each of its files tells that it has counted, and its warnings."""
    command = [sys.executable, "-c", COUNT, str(room)]
    environment = {**os.environ, SHARED: str(folder)}
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_process_takes_all_the_room_for_its_numbers_at_once(tmp_path):
    """A hole would be filled when a number is first written, which ends the process if the disk is full then."""
    said = _count(tmp_path, room=SHARED_BYTES)
    assert "parley_messages_total 1.0" in said
    files = sorted(tmp_path.iterdir())
    assert [file.name.rpartition("_")[0] for file in files] == ["counter", "gauge_livesum", "histogram"]
    for file in files:
        with file.open("rb") as opened:
            assert os.lseek(opened.fileno(), 0, os.SEEK_END) == SHARED_BYTES, file.name
            assert os.lseek(opened.fileno(), 0, os.SEEK_HOLE) == SHARED_BYTES, file.name
    assert "parley_messages_total 2.0" in _count(tmp_path, room=SHARED_BYTES), "another process adds its own"


def test_a_process_that_finds_no_room_counts_for_itself(tmp_path):
    said = _count(tmp_path, room=SHARED_BYTES - 1)
    assert "parley_messages_total 1.0" in said
    assert "numbers are not shared" in said
    assert not [*tmp_path.iterdir()]

"""What the chat tells its operator: counters for `/metrics`, and structured log lines.

One message can be followed through the lines of all workers by `room` and `seq`; they appear at level DEBUG and hold
no text. With several workers each writes its numbers into PROMETHEUS_MULTIPROC_DIR and any of them adds them up.
"""

import os
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import REGISTRY

SHARED = "PROMETHEUS_MULTIPROC_DIR"
SHARED_FILES = ("counter", "gauge_livesum", "histogram")
SHARED_BYTES = 16 * 1024
"""Of each of these files; what a process counts takes less."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
log: structlog.typing.FilteringBoundLogger = structlog.get_logger("parley")


def _reserve(folder: Path) -> None:
    """Takes the room of this process's numbers at once, for one that finds the disk full later would end the process.

    Where there is none they are not shared: its `/metrics` tells its own alone.
    """
    made = folder / f"{os.getpid()}.new"
    try:
        for kind in SHARED_FILES:
            if not (file := folder / f"{kind}_{os.getpid()}.db").exists():
                made.write_bytes(bytes(SHARED_BYTES))
                made.rename(file)
    except OSError as error:
        made.unlink(missing_ok=True)
        del os.environ[SHARED]
        values.ValueClass = values.MutexValue
        log.warning("numbers are not shared with the other workers", reason=str(error))


if SHARED in os.environ:
    _reserve(Path(os.environ[SHARED]))

CONNECTIONS = Gauge("parley_connections", "Open connections", ["transport"], multiprocess_mode="livesum")
MESSAGES = Counter("parley_messages", "Messages written")
DELIVERIES = Counter("parley_deliveries", "Events delivered, counted once for each connection")
COMMIT_TO_SEND = Histogram("parley_commit_to_send_seconds", "From the commit to the write on sockets", buckets=SECONDS)
RESUMES = Counter("parley_resumes", "How cursors were followed", ["outcome"])
CLOSES = Counter("parley_closes", "Closed sockets by code", ["code"])
HINTS_LOST = Counter("parley_hints_lost", "Events that a worker had to fetch because no hint of them came")
LOOP_LAG = Histogram("parley_loop_lag_seconds", "How late the event loop comes to its work", buckets=SECONDS)


def share_metrics(folder: Path) -> None:
    """Makes the processes that are started from now on write their numbers into the empty `folder`."""
    os.environ[SHARED] = str(folder)


def forget_metrics(pid: int) -> None:
    """Takes a dead worker's gauges out of the sum; what it counted stays."""
    if SHARED in os.environ:
        mark_process_dead(pid, os.environ[SHARED])  # type: ignore[no-untyped-call]


def metrics() -> bytes:
    """All numbers of all workers in Prometheus's text format."""
    if SHARED not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

"""The machine as the kernel shows it: cores, processor time, memory."""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import psutil

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
"""The system that is measured has one core to itself; generator, Redis and PostgreSQL share another."""


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """The command on one core alone, with all processes that it starts."""
    return ["taskset", "--cpu-list", str(core), *command]


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    process = psutil.Process(pid)
    return [process.pid, *(child.pid for child in process.children(recursive=True))]


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time that these processes have used."""
    return sum(_cpu_ticks(pid) for pid in pids) / TICKS


def _cpu_ticks(pid: int) -> int:
    """None of a process that has just ended, such as one of PostgreSQL for a connection."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[11]) + int(fields[12])


def busy_seconds() -> float:
    """What all cores have worked, for whomever."""
    user, nice, system, _, _, irq, softirq, steal = map(int, Path("/proc/stat").read_text().split(maxsplit=9)[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


def memory_bytes(pids: Iterable[int]) -> int:
    """Memory of these processes, what they share counted once (PSS)."""
    return sum(_pss(pid) for pid in pids)


def _pss(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def describe() -> dict[str, str]:
    """What the figures were measured on."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    gib = psutil.virtual_memory().total / 2**30
    return {
        "processor": f"{len(CORES)} cores, {model[1] if model else platform.machine()}",
        "memory": f"{gib:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }

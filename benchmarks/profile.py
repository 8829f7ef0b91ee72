"""Where the time goes: py-spy looks at the server while it is measured, which makes its figures no figures."""

import contextlib
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.systems import Running

RATE = 200
SHOWN = 40


@contextlib.contextmanager
def profiled(running: Running, folder: Path, name: str) -> Iterator[None]:
    """Within the block, samples every process of the server; leaves its stacks and a table of them in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    stacks = {pid: folder / f"{name}.{pid}.stacks" for pid in running.pids()}
    spies = [_spy(pid, path) for pid, path in stacks.items()]
    try:
        yield
    finally:
        for spy in spies:
            spy.send_signal(signal.SIGINT)
        for spy in spies:
            spy.wait(60)
    for path in stacks.values():
        if path.exists():
            path.with_suffix(".md").write_text(table(path.read_text()))


def _spy(pid: int, path: Path) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("py-spy")
    options = ["--pid", str(pid), "--rate", str(RATE), "--format", "raw", "--output", str(path), "--nonblocking"]
    return subprocess.Popen([program, "record", "--duration", "600", *options], stdout=subprocess.DEVNULL)


def table(stacks: str) -> str:
    """The functions in which most samples were taken, and those under which most were."""
    own: Counter[str] = Counter()
    under: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] or frame for frame in stack.split(";")]
        own[frames[-1]] += int(count)
        under.update({frame: int(count) for frame in set(frames)})
    total = own.total() or 1
    lines = ["| within | itself | function |", "| --- | --- | --- |"]
    lines += [f"| {n / total:.1%} | {own[name] / total:.1%} | `{name}` |" for name, n in under.most_common(SHOWN)]
    lines += ["", "| itself | function |", "| --- | --- |"]
    lines += [f"| {n / total:.1%} | `{name}` |" for name, n in own.most_common(SHOWN)]
    return "\n".join(lines) + "\n"

"""A server program that the tests start, stop, kill and freeze."""

import contextlib
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypedDict

import psutil
import pytest

from tests.patience import PATIENCE


class Missing(Exception):
    """What cannot be had on this machine, and how to have it."""


class Account(TypedDict, total=False):
    """Another account, in the words of Popen."""

    user: int
    group: int
    extra_groups: list[int]


class Program:
    """One server program with its log."""

    farewell = signal.SIGTERM
    """The signal that asks it to end."""
    patience = PATIENCE
    """Seconds in which it comes to serve."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """What to run."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """The variables it runs with."""
        return dict(os.environ)

    def account(self) -> Account:
        """Whom it runs as; as ourselves unless said otherwise."""
        return {}

    def answers(self) -> bool:
        """Whether it serves already."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until it serves."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                start_new_session=True,
                **self.account(),
            )
        wait_until(lambda: self.answers() or not self.running, self.describe, self.patience)
        if not self.running:
            raise RuntimeError(f"ended with {self._process.returncode} before it served\n{self.describe()}")

    def stop(self) -> int:
        """Ask it to end and wait; the exit code."""
        if self.running:
            self.thaw()
            self.signal(self.farewell)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        assert self._process, "not started"
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        self._each(psutil.Process.kill)
        self.wait()

    def restart(self) -> None:
        """Stop it and start it again where it was."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Keep all its processes from running; their connections stay open."""
        self._each(psutil.Process.suspend)

    def thaw(self) -> None:
        """Let them run on."""
        self._each(psutil.Process.resume)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Frozen within the block."""
        self.freeze()
        try:
            yield
        finally:
            self.thaw()

    def signal(self, number: int) -> None:
        """Send a signal to its first process."""
        os.kill(self.pid, number)

    def _each(self, act: Callable[[psutil.Process], None]) -> None:
        """Do something to its first process and then to all that descend from it."""
        with contextlib.suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.pid)
            for process in [first, *first.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    act(process)

    def describe(self) -> str:
        """The command and the end of the log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f"{' '.join(self.command())}\n{text[-4_000:]}"


OWN_PORTS = range(15_000, 32_000)
"""Below those that Linux gives to whoever asks for any."""

PROGRAMS = pytest.StashKey[list[Program]]()
"""The programs of a test, whose logs are shown when it fails."""


def wait_until(condition: Callable[[], bool], describe: Callable[[], str], patience: float = PATIENCE) -> None:
    """Wait for a condition of another process; a TimeoutError tells what `describe` says."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {patience:.0f} s: {describe()}")
        time.sleep(0.02)


def unmeasured(variables: Mapping[str, str]) -> dict[str, str]:
    """These variables of a process, less those by which coverage would count its lines."""
    return {name: value for name, value in variables.items() if not name.startswith("COVERAGE_")}


def free_port() -> int:
    """A port nobody listens on, and none that the kernel would give to somebody else before it is used."""
    while True:
        port = OWN_PORTS[secrets.randbelow(len(OWN_PORTS))]
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def listens(port: int) -> bool:
    """Whether somebody takes connections on this port of ours."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def package_files(package: str, pattern: str) -> list[Path]:
    """Files of an installed package, without importing it; none if it is not installed."""
    found = importlib.util.find_spec(package)
    folders = found.submodule_search_locations if found else None
    return [path for folder in folders or () for path in sorted(Path(folder).glob(pattern))]

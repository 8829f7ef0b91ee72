"""The chat itself: the project's own `manage.py serve`, on an installation of its own."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests.servers.program import Program, unmeasured

PROJECT = Path(__file__).parents[2]
LISTENING = re.compile(r"^Listening on (http://\S+:(\d+))$", re.MULTILINE)
OURS = ("DATABASE_URL", "REDIS_URL", "TEST_SQLITE", "PORT", "HOST")
SETTLING = ("migrate", "shell")
"""Commands by which tests make what they begin with."""


class ChatServer(Program):
    """One installation in a folder and the server on it; a restart keeps its port and its data."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 1,
        database_url: str = "",
        redis_url: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder)
        self.workers = workers
        self.servers: Sequence[ChatServer] = [self]
        self.url = ""
        self.own_url = ""
        """Its address past any proxy, as an operator asks it."""
        self.port = 0
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **(variables or {})}
        self.variables = {
            "PARLEY_DATA_DIR": str(self.data),
            "PARLEY_CHANNEL_PREFIX": f"test-{secrets.token_hex(4)}",
            **{name: value for name, value in given.items() if value},
        }
        self._log_start = 0

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--workers", str(self.workers)]
        return [sys.executable, str(PROJECT / "manage.py"), "serve", *options]

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        return inherited | self.variables

    def places(self) -> "Sequence[ChatServer]":
        """Its servers, each to be asked alone."""
        return self.servers

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command on this installation, however it ends."""
        command = [sys.executable, str(PROJECT / "manage.py"), *arguments]
        env = unmeasured(self.environment()) if arguments[0] in SETTLING else self.environment()
        return subprocess.run(command, capture_output=True, text=True, env=env, check=False)

    def manage(self, *arguments: str) -> str:
        """Run a management command that must succeed; what it prints."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        super().start()

    def answers(self) -> bool:
        said = LISTENING.search(self._said())
        if said:
            self.url, self.own_url, self.port = said[1], said[1], int(said[2])
        return said is not None

    def worker_pids(self) -> list[int]:
        """The processes that serve: the children of several, or the one there is."""
        if self.workers == 1:
            return [self.pid]
        return sorted(child.pid for child in psutil.Process(self.pid).children())

    def kill_worker(self) -> int:
        """End one worker at once; the pid it had."""
        pid = self.worker_pids()[0]
        psutil.Process(pid).kill()
        return pid

    def _said(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")


class QuietServer(ChatServer):
    """A server whose lines are not counted, for other tests do that: so it is twice as quick under load."""

    def environment(self) -> dict[str, str]:
        return unmeasured(super().environment())

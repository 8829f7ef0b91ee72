"""What is measured: how each system is started, and what of it uses processor and memory."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import LOAD_CORE, SERVER_CORE, busy_seconds, cpu_seconds, family, memory_bytes, pinned
from benchmarks.wires import Wire
from tests.servers.postgres import PostgresServer
from tests.servers.program import Program, free_port, listens
from tests.servers.redis import RedisServer

PROJECT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"


class PinnedRedis(RedisServer):
    """Redis beside the generator."""

    def command(self) -> list[str]:
        return pinned(LOAD_CORE, super().command())


class DurablePostgres(PostgresServer):
    """PostgreSQL beside the generator, as durable as it comes."""

    def command(self) -> list[str]:
        return pinned(LOAD_CORE, [*super().command(), "-c", "fsync=on", "-c", "max_connections=100"])


class Stage:
    """What systems need beside themselves; each is started for the first that asks and shared by all."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-bench-")))
        self.helpers: dict[str, Program] = {}

    def redis(self) -> RedisServer:
        """A Redis."""
        if "redis" not in self.helpers:
            server = PinnedRedis(self.new_folder())
            server.start()
            self._stack.callback(server.kill)
            self.helpers["redis"] = server
        return self.helpers["redis"]  # type: ignore[return-value]

    def postgres(self) -> PostgresServer:
        """A PostgreSQL."""
        if "postgres" not in self.helpers:
            server = DurablePostgres()
            server.start()
            self._stack.callback(server.remove)
            self.helpers["postgres"] = server
        return self.helpers["postgres"]  # type: ignore[return-value]

    def new_folder(self) -> Path:
        """An empty folder that goes with the stage."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def close(self) -> None:
        """Ends all."""
        self._stack.close()


@dataclass
class Running:
    """A system that serves."""

    wire: Wire
    urls: Sequence[str]
    programs: Sequence[Program]
    helpers: Mapping[str, Program] = field(default_factory=dict)
    tokens: Sequence[str] = ("",)
    """One for each person there is."""
    database_url: str = ""
    depth: int = 0
    """Messages in the long room, where there is one."""
    ended: dict[str, float] = field(default_factory=dict)
    """Processor seconds of what else took part and has ended."""
    spied: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext
    """Around what is measured: where somebody may look at what the server does."""

    def pids(self) -> list[int]:
        """All its processes."""
        return [pid for program in self.programs for pid in family(program.pid)]

    def cpu(self) -> dict[str, float]:
        """Processor seconds used so far, by the server and by all else that takes part."""
        used = {name: cpu_seconds(family(program.pid)) for name, program in self.helpers.items()}
        used |= self.ended | {"server": cpu_seconds(self.pids()), "generator": cpu_seconds([os.getpid()])}
        return used | {"others": busy_seconds() - sum(used.values())}

    def memory(self) -> int:
        """Bytes."""
        return memory_bytes(self.pids())


class Peer(Program):
    """A server of somebody else's, on a port of its own and the servers' core."""

    def __init__(self, folder: Path, command: Sequence[str], variables: Mapping[str, str]) -> None:
        super().__init__(folder)
        self.port = free_port()
        self._command = [word.replace("{port}", str(self.port)) for word in command]
        self._variables = {name: value.replace("{port}", str(self.port)) for name, value in variables.items()}

    def command(self) -> list[str]:
        return pinned(SERVER_CORE, self._command)

    def environment(self) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(PROJECT), "NODE_ENV": "production"} | self._variables

    def answers(self) -> bool:
        return listens(self.port)


Launch = Callable[[Stage], AbstractContextManager[Running]]


@dataclass(frozen=True)
class System:
    """One line of the tables."""

    name: str
    what: str
    launch: Launch
    stores: bool = False
    """Whether it stores every message before anybody sees it."""
    workers: int = 1
    about: frozenset[str] = frozenset({"W1", "W2", "W3", "W4", "W5", "W6"})
    """The workloads that make sense for it."""


@contextmanager
def running(
    stage: Stage, wire: Wire, commands: Sequence[Sequence[str]], helpers: Sequence[str] = (), **variables: str
) -> Iterator[Running]:
    """Starts a peer of one process for each command."""
    peers = [Peer(stage.new_folder(), command, variables) for command in commands]
    try:
        for peer in peers:
            peer.start()
        urls = [f"ws://127.0.0.1:{peer.port}" for peer in peers]
        yield Running(wire, urls, peers, {name: stage.helpers[name] for name in helpers})
    finally:
        for peer in peers:
            with contextlib.suppress(AssertionError):
                peer.kill()


def python(*words: str) -> list[str]:
    """A command of this Python."""
    return [sys.executable, *words]

"""Ours: the product as it is delivered, with people, rooms and tokens in it."""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from benchmarks.machine import SERVER_CORE, pinned
from benchmarks.systems import PROJECT, Running, Stage, System
from benchmarks.wires import Parley
from tests.servers.chat import ChatServer

DEPTH = int(os.environ.get("DEPTH", "1000000"))
"""Messages of the long room."""
CACHE = PROJECT / ".cache" / "benchmarks"
SEED = "from benchmarks.seeding import seed; seed()"
FREELY = {
    "PARLEY_SEND_BURST": "100000000",
    "PARLEY_FRAMES_BURST": "100000000",
    "PARLEY_CONNECTS_BURST": "100000",
    "PARLEY_SOCKETS_PER_PERSON": "100",
}
"""The generator is a few people in a great hurry."""


class PinnedChat(ChatServer):
    """The chat on the servers' core."""

    def command(self) -> list[str]:
        return pinned(SERVER_CORE, super().command())


def _digest() -> str:
    """Names what a seeded database depends on."""
    sources = [*sorted((PROJECT / "chat/migrations").glob("*.py")), Path(__file__).with_name("seeding.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def _seed(server: ChatServer) -> list[str]:
    server.manage("migrate", "--verbosity", "0")
    said = server.manage("shell", "--no-imports", "--command", SEED)
    tokens: list[str] = json.loads(said.splitlines()[-1])
    return tokens


def seeded_sqlite() -> tuple[Path, list[str]]:
    """A folder with a seeded database, kept from run to run, and the tokens of the people in it."""
    folder = CACHE / f"seed-{_digest()}"
    tokens = folder / "tokens.json"
    if not tokens.exists():
        shutil.rmtree(folder, ignore_errors=True)
        found = _seed(ChatServer(folder))
        _settle(folder / "data")
        tokens.write_text(json.dumps(found))
    return folder / "data", json.loads(tokens.read_text())


def _deep_sqlite() -> tuple[Path, list[str]]:
    """The same with a long room in it."""
    seed, tokens = seeded_sqlite()
    folder = seed.parent / f"deep-{DEPTH}"
    if not folder.exists():
        draft = seed.parent / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(seed, draft / "data")
        ChatServer(draft).manage("flood_room", "deep", "--messages", str(DEPTH))
        _settle(draft / "data")
        draft.rename(folder)
    return folder / "data", tokens


def _settle(data: Path) -> None:
    """Brings all that was written into the one file."""
    with closing(sqlite3.connect(data / "parley.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@cache
def seeded_postgres(stage: Stage) -> tuple[str, list[str]]:
    """The name of a seeded database, and the tokens of the people in it."""
    url = stage.postgres().create("seeded")
    return "seeded", _seed(ChatServer(stage.new_folder(), database_url=url))


@contextmanager
def on_sqlite(stage: Stage, kind: type[ChatServer] = PinnedChat) -> Iterator[Running]:
    """The chat as it runs on a laptop."""
    seed, tokens = seeded_sqlite()
    server = kind(stage.new_folder(), variables=FREELY)
    shutil.copytree(seed, server.data, dirs_exist_ok=True)
    with _started(server, tokens) as found:
        yield found


def on_postgres(workers: int) -> Callable[[Stage], Iterator[Running]]:
    """The chat on PostgreSQL; several workers also on Redis."""

    def launch(stage: Stage) -> Iterator[Running]:
        template, tokens = seeded_postgres(stage)
        folder = stage.new_folder()
        url = stage.postgres().create(f"parley_{folder.name.lower()}", template=template)
        redis = stage.redis().url if workers > 1 else ""
        server = PinnedChat(folder, workers=workers, database_url=url, redis_url=redis, variables=FREELY)
        with _started(server, tokens) as found:
            names = ["postgres", *(["redis"] if workers > 1 else [])]
            found.database_url = url
            found.helpers = {name: stage.helpers[name] for name in names}
            yield found

    return launch


@contextmanager
def with_pages(stage: Stage) -> Iterator[Running]:
    """The chat on SQLite with a long room, and views of DRF alone beside its own."""
    seed, tokens = _deep_sqlite()
    variables = FREELY | {"DJANGO_SETTINGS_MODULE": "benchmarks.peers.rest.settings"}
    server = PinnedChat(stage.new_folder(), variables=variables)
    shutil.copytree(seed, server.data, dirs_exist_ok=True)
    with _started(server, tokens) as found:
        found.depth = DEPTH
        yield found


@contextmanager
def _started(server: ChatServer, tokens: list[str]) -> Iterator[Running]:
    server.start()
    try:
        yield Running(Parley(), [server.ws_url], [server], tokens=tokens)
    finally:
        server.stop()


ALL = System.about | {"C"}
PARLEY_SYSTEMS = [
    System("parley.sqlite", "Parley, SQLite", on_sqlite, stores=True),
    System("parley.postgres", "Parley, PostgreSQL", contextmanager(on_postgres(1)), stores=True, about=ALL),
    System("parley.postgres.2", "Parley, PostgreSQL and Redis", contextmanager(on_postgres(2)), True, 2, about=ALL),
    System("parley.pages", "Parley, SQLite, beside views of DRF alone", with_pages, stores=True, about=frozenset("HP")),
]

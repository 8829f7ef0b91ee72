"""Node with the npm packages of `tests/node/`, for what others have written about our documents and formats."""

import shutil
import subprocess
from pathlib import Path

from tests.servers.program import Missing

FOLDER = Path(__file__).parents[1] / "node"


class Node:
    """Runs scripts of `tests/node/`. Raises Missing where there is no Node, or no way to its packages."""

    def __init__(self) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if not node or not npm:
            raise Missing("no Node: install nodejs and npm")
        self._node = node
        _install(npm)

    def run(self, script: str, text: str = "", *arguments: str) -> subprocess.CompletedProcess[str]:
        """The ended script, which has read `text` from its standard input."""
        command = [self._node, str(FOLDER / script), *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def _install(npm: str) -> None:
    """Installs exactly what the lock file names, unless it is there already."""
    installed = FOLDER / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime > (FOLDER / "package-lock.json").stat().st_mtime:
        return
    command = [npm, "ci", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"no npm packages for tests/node: {done.stderr.strip()}")

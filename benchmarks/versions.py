"""What was measured, by version."""

import json
import subprocess
from importlib.metadata import PackageNotFoundError, version

from benchmarks.peers.registry import NODE

PACKAGES = ("django", "channels", "daphne", "channels-redis", "redis", "djangorestframework", "msgspec", "psycopg")
PEERS = ("websockets", "uvicorn", "python-socketio")
LOAD = ("picows", "uvloop")


def versions() -> dict[str, str]:
    """By what they are for."""
    return {
        "the chat": _packages(PACKAGES),
        "peers of Python": _packages(PEERS),
        "peers of Node": _node(),
        "generator": _packages(LOAD),
    }


def _packages(names: tuple[str, ...]) -> str:
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def _node() -> str:
    wanted = json.loads((NODE / "package.json").read_text())["dependencies"]
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except OSError:
        said = "no Node"
    return ", ".join([f"Node {said}", *(f"{name} {number}" for name, number in wanted.items())])

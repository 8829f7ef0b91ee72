"""Reads the environment once, for settings.py alone."""

import contextlib
import os
import secrets
from pathlib import Path

import environ

env = environ.Env()


def secret_key(folder: Path) -> str:
    """The key kept in `folder/secret_key` (mode 600), made at the first start.

    Two processes that start together agree: the loser of the race reads the winner's key.
    """
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = folder / f".secret_key.{os.getpid()}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()

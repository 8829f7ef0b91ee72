"""Reads the environment once, for settings.py alone."""

import contextlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
SHORTEST_KEY = 50
FEWEST_SIGNS = 5


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for a URL such as `smtp+tls://user:password@host:587`, none for an empty one."""
    return {**environ.Env.email_url_config(url), "EMAIL_TIMEOUT": 10} if url else {}


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


def require_strong(folder: Path, keys: Sequence[str], *, hosts: Sequence[str], debug: bool) -> None:
    """Raises ImproperlyConfigured for keys that can be guessed or read by others, where others can come.

    On one's own machine (no host beyond the loopback, or debugging) any key does.
    """
    if debug or LOOPBACK.issuperset(hosts):
        return
    if any(not _is_strong(key) for key in keys):
        raise ImproperlyConfigured(
            f"SECRET_KEY and SECRET_KEY_FALLBACKS need {SHORTEST_KEY} random characters each where others can reach "
            "the chat. Leave SECRET_KEY out, and a good one is made and kept."
        )
    path = folder / "secret_key"
    if path.exists() and path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"Others on this machine can read {path}. Type: chmod 600 {path}")


def _is_strong(key: str) -> bool:
    return len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_SIGNS and not key.startswith("django-insecure-")

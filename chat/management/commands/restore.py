"""`manage.py restore`: a backup on an empty installation."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandParser

from chat.management.command import ChatCommand
from chat.services.backups import restore


class Command(ChatCommand):
    help = (
        "Fill an empty database from a backup, made on SQLite or PostgreSQL alike, compare it with the backup's "
        "digests, and begin another history: every client reads its rooms anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file that `backup` has written")

    def handle(self, *, path: Path, **_: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        made = restore(path=path)
        rows = sum(part["rows"] for part in made["tables"].values())
        self.stdout.write(f"{rows} rows, {len(made['files'])} files, data {made['data']}")

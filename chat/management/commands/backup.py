"""`manage.py backup`: everything the chat keeps, in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from chat.management.command import ChatCommand
from chat.services.backups import back_up


class Command(ChatCommand):
    help = "Write all rows of one moment and all uploads into a file, while the chat goes on. Keep it like a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; it must not be there yet")

    def handle(self, *, path: Path, **_: Any) -> None:
        made = back_up(path=path)
        rows = sum(part["rows"] for part in made["tables"].values())
        self.stdout.write(f"{rows} rows, {len(made['files'])} files, data {made['data']}")

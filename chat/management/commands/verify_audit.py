"""`manage.py verify_audit`: whether the audit log is as it was written."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from chat.management.command import ChatCommand
from chat.queries.audit import heads_file, signed, verify


class Command(ChatCommand):
    help = (
        "Follow the audit log from its first entry, and compare it with every signed head in the file of heads. "
        "Names the first entry that was altered, left out or exchanged, and exits with 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], help="a signed head from the log or a copy of the file, too"
        )

    def handle(self, *, head: list[str], **_: Any) -> None:
        verdict, unsigned = verify(head)
        if unsigned:
            self.stderr.write(f"{unsigned} lines of {heads_file()} were not signed by this installation.")
        if verdict.fault:
            raise CommandError(f"Entry {verdict.fault.number} {verdict.fault.what}.")
        self.stdout.write(f"{verdict.number} entries, all as they were written.")
        if verdict.number:
            self.stdout.write(f"Head: {signed(verdict.number, verdict.digest)}")

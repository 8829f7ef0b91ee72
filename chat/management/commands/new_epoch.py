"""`manage.py new_epoch`: begin another history after a restore or a fail-over."""

from typing import Any

from chat.management.command import ChatCommand
from chat.services.installation import new_epoch


class Command(ChatCommand):
    help = (
        "Begin another history: every client discards what it holds and reads its rooms anew. "
        "Run it after restoring a backup, and after a fail-over that may have lost commits."
    )

    def handle(self, **_: Any) -> None:
        self.stdout.write(new_epoch())

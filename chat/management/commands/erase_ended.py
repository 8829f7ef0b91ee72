"""`manage.py erase_ended`: erase what moderators removed and can be brought back no longer."""

from typing import Any

from chat.management.command import ChatCommand
from chat.services.removal import erase_ended


class Command(ChatCommand):
    help = "Erase removed messages whose time to be brought back is over. `serve` does so by itself every minute."

    def handle(self, **_: Any) -> None:
        self.stdout.write(f"{erase_ended()} messages erased.")

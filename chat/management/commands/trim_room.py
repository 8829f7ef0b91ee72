"""`manage.py trim_room`: let go of a room's past for good."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from chat.management.command import ChatCommand
from chat.services.retention import trim_room


class Command(ChatCommand):
    help = "Delete what happened in a room long ago; everybody who follows it begins anew. --dry-run only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("room", help="the room's name in addresses")
        parser.add_argument("--days", type=int, required=True, help="how many days are kept")
        parser.add_argument("--dry-run", action="store_true", help="say how much it would be, and delete nothing")

    def handle(self, *, room: str, days: int, dry_run: bool, **_: Any) -> None:
        trimmed = trim_room(room=room, before=timezone.now() - timedelta(days=days), dry_run=dry_run)
        what = "would go" if dry_run else "are gone"
        self.stdout.write(
            f"{trimmed.events} events and {trimmed.messages} messages {what}; {trimmed.oldest} is the oldest"
        )

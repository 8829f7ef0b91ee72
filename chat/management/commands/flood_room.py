"""`manage.py flood_room SLUG`: much realistic talk, fast."""

from time import monotonic
from typing import Any

from django.core.management.base import CommandParser

from chat.management.command import ChatCommand
from chat.services.flood import flood_room


class Command(ChatCommand):
    help = "Fill a room, made where it is missing, with the talk of people called flood-1, flood-2, …"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the room's name in addresses")
        parser.add_argument("--messages", type=int, default=10_000, help="how many to write (%(default)s)")
        parser.add_argument("--people", type=int, default=50, help="how many people write them (%(default)s)")

    def handle(self, *, slug: str, messages: int, people: int, verbosity: int, **_: Any) -> None:
        began = monotonic()
        for written in flood_room(slug=slug, messages=messages, people=people):
            if verbosity > 1:
                self.stdout.write(f"{written:,} of {messages:,}")
        self.stdout.write(f"{messages:,} messages of {people:,} people in #{slug} in {monotonic() - began:.1f} s.")

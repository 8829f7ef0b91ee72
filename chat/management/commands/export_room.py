"""`manage.py export_room`: a room for programs and for a browser without a network."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from chat.management.command import ChatCommand
from chat.services.room_exports import export_room


class Command(ChatCommand):
    help = "Write a room's messages and events as lines of JSON, and as pages for a browser, with a manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("room", help="the room's name in addresses")
        parser.add_argument("folder", type=Path, help="the folder to make")

    def handle(self, *, room: str, folder: Path, **_: Any) -> None:
        made = export_room(room=room, folder=folder)
        self.stdout.write(f"{made['messages']} messages, {made['events']} events, {made['pages']} pages")

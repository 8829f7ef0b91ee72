"""`manage.py prepare`: the last step before the first visitor; says what to open in the browser."""

import socket
from typing import Any

from django.core.management.base import CommandParser

from chat.management.command import ChatCommand
from chat.services.demo import PASSWORD
from chat.services.first_run import prepare

EVERY_ADDRESS = ("", "0.0.0.0", "::")


class Command(ChatCommand):
    help = "Make the room everyone begins in, and say what to open; with --demo also people and rooms to look at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where the chat will listen (%(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="and on which port (%(default)s)")
        parser.add_argument(
            "--demo", action="store_true", help="people and rooms to look at; the password is no secret"
        )

    def handle(self, *, host: str, port: int, demo: bool, **_: Any) -> None:
        prepared = prepare(demo=demo)
        address = f"http://{_name(host)}:{port}/"
        if prepared.demo_people:
            self.stdout.write(f"Demo people: {', '.join(prepared.demo_people)}. Everybody's password: {PASSWORD}")
        if prepared.setup_code:
            self.stdout.write("Open this in your browser to become the administrator of this chat:")
            self.stdout.write(f"{address}setup/{prepared.setup_code}/")
        else:
            self.stdout.write(f"Open {address} in your browser.")


def _name(host: str) -> str:
    """What to type for `host`; for every address at once the machine's name."""
    if host in EVERY_ADDRESS:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host

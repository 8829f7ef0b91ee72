"""`manage.py prepare`: the last step before the first visitor; says what to open in the browser."""

import socket
from typing import Any

from django.core.management.base import CommandError, CommandParser

from chat.management.command import ChatCommand
from chat.realtime.listening import CannotListen, listen
from chat.services.demo import PASSWORD
from chat.services.first_run import prepare

EVERY_ADDRESS = ("", "0.0.0.0", "::")


class Command(ChatCommand):
    help = "Make the room everyone begins in, and say what to open; with --demo also people and rooms to look at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where the chat will listen (%(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="and on which port (%(default)s)")
        parser.add_argument(
            "--url", default="", help="the address browsers reach it by, where a proxy stands before it"
        )
        parser.add_argument("--free", action="store_true", help="refuse when the port is taken already")
        parser.add_argument(
            "--demo", action="store_true", help="people and rooms to look at; the password is no secret"
        )

    def handle(self, *, host: str, port: int, url: str, free: bool, demo: bool, **_: Any) -> None:
        if free:
            _require_free(host, port)
        prepared = prepare(demo=demo)
        address = f"{url.rstrip('/') or f'http://{_name(host)}:{port}'}/"
        if prepared.demo_people:
            self.stdout.write(f"Demo people: {', '.join(prepared.demo_people)}. Everybody's password: {PASSWORD}")
        if prepared.setup_code:
            self.stdout.write("Open this in your browser to become the administrator of this chat:")
            self.stdout.write(f"{address}setup/{prepared.setup_code}/")
        else:
            self.stdout.write(f"Open {address} in your browser.")


def _require_free(host: str, port: int) -> None:
    """An invitation to a port that another program has would lead to that one. Raises CommandError."""
    try:
        for listener in listen(host, port):
            listener.close()
    except CannotListen as error:
        raise CommandError(str(error)) from error


def _name(host: str) -> str:
    """What to type for `host`; for every address at once the machine's name."""
    if host in EVERY_ADDRESS:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host

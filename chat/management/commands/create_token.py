"""`manage.py create_token NAME`: a token for somebody's program."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from chat.management.command import ChatCommand
from chat.services.accounts import make_person
from chat.services.tokens import SCOPES, create_token

LONGEST_DAYS = 36_500


class Command(ChatCommand):
    help = "Make a token of a person, who is made too if need be, and print it alone on the last line, this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="username")
        parser.add_argument("--scopes", default="read,write", help=f"some of {','.join(SCOPES)} (%(default)s)")
        parser.add_argument("--expires", type=_days, metavar="DAYS", help="valid for so many days (for ever)")
        parser.add_argument("--rooms", default="", help="the only rooms it reaches, with commas (all one may enter)")
        parser.add_argument("--bot", action="store_true", help="who is made is a bot")
        parser.add_argument("--label", default="command line", help="what the token is called (%(default)s)")

    def handle(
        self, *, name: str, scopes: str, expires: int | None, rooms: str, bot: bool, label: str, **_: Any
    ) -> None:
        person = make_person(username=name, bot=bot)
        expires_at = timezone.now() + timedelta(days=expires) if expires else None
        made = create_token(
            actor=person,
            person=person,
            name=label,
            scopes=scopes.split(","),
            expires_at=expires_at,
            rooms=[room for room in rooms.split(",") if room],
        )
        self.stdout.write(made[1])


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_DAYS:
        raise ArgumentTypeError(f"a number from 1 to {LONGEST_DAYS}")
    return int(text)

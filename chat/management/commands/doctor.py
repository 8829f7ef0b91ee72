"""`manage.py doctor`: what is wrong with a deployment, and what mends it."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.management.doctor import (
    Check,
    Finding,
    look_at_database,
    look_at_layer,
    look_at_migrations,
    look_at_settings,
)
from chat.management.outside import look_at_proxy, look_at_socket

CHECKS: dict[str, Check] = {
    "settings": look_at_settings,
    "database": look_at_database,
    "migrations": look_at_migrations,
    "layer": look_at_layer,
    "proxy": look_at_proxy,
    "socket": look_at_socket,
}
MENDS = {
    "settings": "read what the error says of docs/settings.md",
    "database": "start PostgreSQL, and look at DATABASE_URL",
    "migrations": "mend the database first",
    "layer": "start Redis, and look at REDIS_URL",
    "proxy": "start the proxy and the workers, and look where the name leads",
    "socket": "mend the proxy first",
}


class Command(BaseCommand):
    help = "Look at settings, database, migrations, Redis, the proxy and a WebSocket through it; say what to mend."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="the address that browsers use, such as https://chat.example.org")

    def handle(self, *, url: str, **_: Any) -> None:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise CommandError("The address begins with http:// or https://.")
        found = [finding for part, check in CHECKS.items() for finding in _findings(part, check, address)]
        for each in found:
            words = " ".join(f"{each.part}: {each.words}".split())
            self.stdout.write(f"MEND {words}. To mend: {each.mend}." if each.mend else f"ok   {words}.")
        if ill := sum(bool(each.mend) for each in found):
            raise CommandError(f"{ill} to mend; docs/troubleshooting.md says more.")


def _findings(part: str, check: Check, url: SplitResult) -> list[Finding]:
    """What a check finds; a part that does not answer is a finding too."""
    try:
        return list(check(url))
    except Exception as error:
        return [Finding(part, f"it does not answer ({type(error).__name__}: {error})", MENDS[part])]

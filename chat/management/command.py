"""What our commands share."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.domain.errors import ChatError


class ChatCommand(BaseCommand):
    """A command that calls a use case; what the use case refuses is its one line on stderr."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Runs the command. Raises CommandError for a refusal."""
        try:
            return super().execute(*args, **options)
        except ChatError as error:
            raise CommandError(error.explained) from error

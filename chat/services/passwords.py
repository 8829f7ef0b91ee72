"""How often a password may be tried, at whatever door."""

from typing import Any

from django.http import HttpRequest

from chat.services.limits import spend_by_address

NAMES = ("username", "login", "email")
"""What the backends behind this one call the name that belongs to the password."""


class PasswordLimit:
    """The first of AUTHENTICATION_BACKENDS: signs nobody in, but counts every try of a password before it is looked at.

    Counted are the tries of one address, and those of one address on one name. A name alone is not counted, or
    whoever knows it could lock its owner out.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Leaves the answer to the backends behind. Raises RateLimited."""
        if request is None or "password" not in credentials:
            return
        address = request.META.get("REMOTE_ADDR", "")
        name = next((str(credentials[key]) for key in NAMES if credentials.get(key)), "")
        spend_by_address("PASSWORDS_PER_ADDRESS", address)
        spend_by_address("PASSWORDS_PER_NAME", address, name.lower())

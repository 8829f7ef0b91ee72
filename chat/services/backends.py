"""Whose session it is."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from chat.queries.access import admitted


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]
    """The library's, whose sessions are worth nothing while their person is banned everywhere.

    Signing in is refused later, where the reason can be told to who knew the password.
    """

    def get_user(self, user_id: int) -> Any:
        """Who it is, None for a closed account and for who is banned."""
        return admitted(get_user_model()._default_manager.filter(pk=user_id)).first()

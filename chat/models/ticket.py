"""Tickets: credentials for one use, where a header cannot be set."""

from django.conf import settings
from django.db import models


class Ticket(models.Model):
    """Lets its holder open one socket as `user` until `expires_at`; stored as its SHA-256, deleted by its use.

    `credential`, `scopes`, `rooms` and `ends_at` (None for never) are those of the session or token that asked for it,
    so that the socket reaches no further and ends when one of these does.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credential = models.CharField(max_length=80)
    scopes = models.JSONField()
    rooms = models.JSONField(default=list)
    ends_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user}"

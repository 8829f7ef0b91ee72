"""Tickets: credentials for one use, where a header cannot be set."""

from django.conf import settings
from django.db import models


class Ticket(models.Model):
    """Lets its holder open one socket as `user` until `expires_at`; stored as its SHA-256, deleted by its use.

    `credential` and `scopes` are those of the session or token that asked for it, so that ending one of these ends
    the socket too.
    """

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credential = models.CharField(max_length=80)
    scopes = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user}"

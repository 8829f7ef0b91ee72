"""Tokens of API clients."""

from django.conf import settings
from django.db import models


class ApiToken(models.Model):
    """A named key of a person's program, stored as its SHA-256 alone: it is 256 random bits and needs no salt.

    `scopes` is a list out of read, write and moderate; `rooms` are the only rooms it reaches, by their slugs, none for
    all that its person may enter; `expires_at` None means never.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    rooms = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"

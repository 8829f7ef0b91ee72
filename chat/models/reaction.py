"""Reactions to messages."""

from django.conf import settings
from django.db import models

from chat.models.message import Message


class Reaction(models.Model):
    """One person's one emoji on one message."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reactions")
    emoji = models.CharField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user", "emoji"], name="reaction_once")]

    def __str__(self) -> str:
        return f"{self.emoji} by {self.user}"

"""What moderators removed, for as long as it can be brought back."""

from django.db import models

from chat.models.message import Message


class Quarantine(models.Model):
    """The text of a removed message, and what hung on it, until `ends_at`; then the row is erased.

    Read by nothing but undoing the removal and the queue of reports. `reactions` are (person's key, emoji, time).
    """

    message = models.OneToOneField(Message, models.PROTECT, primary_key=True, related_name="+")
    body = models.TextField()
    pinned = models.BooleanField()
    edited_at = models.DateTimeField(null=True)
    reactions = models.JSONField(default=list)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"what was removed from {self.message}"

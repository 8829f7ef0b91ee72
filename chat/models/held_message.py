"""Messages that wait for a moderator."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.room import Room


class HeldMessage(models.Model):
    """A send that a rule holds for review, outside the log until it is approved.

    When it is decided its text goes; the row stays, so that a repeated send is answered alike.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"

    room = models.ForeignKey(Room, models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    reply_to = models.BigIntegerField(null=True)
    held_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "author", "client_id"], name="held_client_id_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | Q(~Q(state="waiting"), body=""),
                name="held_text_goes_when_decided",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(state="waiting"), name="held_waiting")]

    def __str__(self) -> str:
        return f"{self.state} message of {self.author} in {self.room}"

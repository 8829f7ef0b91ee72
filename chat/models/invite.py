"""Links by which strangers may make an account."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class Invite(models.Model):
    """Lets `uses_left` people sign up until `expires_at` (None for ever), and brings them into `room` if there is one.

    The code of the link is stored as its SHA-256 alone; what it allows in the room is decided by its maker's rights
    at the time.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    note = models.CharField(max_length=80, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", editable=False)
    made_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    uses_left = models.PositiveIntegerField("How many may use it", default=1)
    room = models.ForeignKey(Room, models.SET_NULL, related_name="+", null=True, blank=True)

    def __str__(self) -> str:
        return self.note or f"invite {self.pk}"

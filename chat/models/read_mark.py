"""Up to where somebody has read a room."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class ReadMark(models.Model):
    """The newest `seq` a person has read in a room, and the `rank` of the newest message up to it.

    `wrote_at` is when they wrote there last, if ever; it outlives their membership, so that nobody escapes slow mode by
    leaving.
    """

    room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    rank = models.BigIntegerField()
    wrote_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "room"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user} read {self.room} to {self.seq}"

"""Mutes and bans."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.models.room import Room


class Sanction(models.Model):
    """Somebody may not write (mute) or not be (ban) in `room`, or without one anywhere, until it ends or is lifted.

    Rows are never changed but for being lifted, so they tell what was done.
    """

    class Kind(models.TextChoices):
        MUTE = "mute"
        BAN = "ban"

    kind = models.CharField(max_length=4, choices=Kind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+", null=True, blank=True, help_text="None: all.")
    reason = models.CharField(max_length=250, help_text="For the person to read.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    begun_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="None: until it is lifted.")
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False, db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["person", "room"], condition=Q(lifted_at=None), name="sanctions_not_lifted"),
            models.Index(fields=["person", "-id"], name="sanctions_of_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["mute", "ban"]), name="sanction_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="sanction_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="sanction_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person} {f'in {self.room}' if self.room else 'everywhere'}"

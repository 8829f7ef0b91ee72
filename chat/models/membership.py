"""Who belongs to a room."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class Membership(models.Model):
    """A person's place in a room; leaving deletes the row, the log keeps that it was."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MODERATOR = "moderator"
        MEMBER = "member"
        GUEST = "guest"

    room = models.ForeignKey(Room, models.PROTECT, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "moderator", "member", "guest"]),
                name="membership_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"

"""Rooms."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from chat.domain.limits import SLOWEST
from chat.domain.text import SLUG


class Room(models.Model):
    """A room and the head of its log.

    `head` is the number of the newest event and `message_count` the rank of the newest message; both are taken from
    this row while it is locked, so they are visible in order and without holes. `oldest` is the first event retained.
    With `announcements` only moderators and owners write here, and the others react. Between two messages of anybody
    else `slow_seconds` must pass.
    A slug is never changed and never used again: rooms are archived, not deleted.
    """

    class Kind(models.TextChoices):
        OPEN = "open"
        PRIVATE = "private"
        DIRECT = "direct"

    slug = models.CharField(max_length=64, unique=True, validators=[RegexValidator(rf"^{SLUG.pattern}\Z")])
    title = models.CharField(max_length=80, blank=True)
    topic = models.CharField(max_length=250, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OPEN)
    announcements = models.BooleanField(default=False)
    slow_seconds = models.PositiveIntegerField(
        "Slow mode",
        default=0,
        validators=[MaxValueValidator(SLOWEST)],
        help_text="Seconds between two messages of one person; 0 for none. Moderators are exempt.",
    )
    direct_key = models.CharField(max_length=200, unique=True, null=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    head = models.BigIntegerField(default=0, editable=False)
    oldest = models.BigIntegerField(default=1, editable=False)
    message_count = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(head__gte=0), name="room_head_not_negative"),
            models.CheckConstraint(condition=models.Q(kind__in=["open", "private", "direct"]), name="room_kind_known"),
        ]

    def __str__(self) -> str:
        return f"#{self.slug}"

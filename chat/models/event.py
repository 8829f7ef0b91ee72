"""The log: every durable change of a room, numbered."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class Event(models.Model):
    """One numbered change of a room. Thin: it names message, person and kind, and holds no text.

    `message` is the seq of the message it is about; `subject` and `role` the member it is about.
    """

    class Kind(models.TextChoices):
        MESSAGE_CREATED = "message.created"
        MESSAGE_EDITED = "message.edited"
        MESSAGE_DELETED = "message.deleted"
        MESSAGE_RESTORED = "message.restored"
        REACTION_ADDED = "reaction.added"
        REACTION_REMOVED = "reaction.removed"
        MESSAGE_PINNED = "message.pinned"
        MESSAGE_UNPINNED = "message.unpinned"
        MEMBER_JOINED = "member.joined"
        MEMBER_LEFT = "member.left"
        MEMBER_CHANGED = "member.changed"
        ROOM_CHANGED = "room.changed"

    room = models.ForeignKey(Room, models.PROTECT, related_name="events", db_index=False)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    message = models.BigIntegerField(null=True)
    emoji = models.CharField(max_length=32, blank=True)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    role = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="event_seq_once")]
        indexes = [models.Index(fields=["actor", "-id"], name="events_of_actor")]

    def __str__(self) -> str:
        return f"event {self.seq} of {self.room}"

"""Messages and whom they mention."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class Message(models.Model):
    """A message in its newest state.

    `seq` is that of its first event, `rank` its place among the room's messages (so unread counts are a subtraction),
    `version` the seq of the last event that changed it. `digest` recognises a repeat of the first body for ever, also
    after an edit or a deletion, when the text itself is gone. A message deleted by anybody has an empty body.
    """

    class DeletedBy(models.TextChoices):
        AUTHOR = "author"
        MODERATOR = "moderator"

    room = models.ForeignKey(Room, models.PROTECT, related_name="messages", db_index=False)
    seq = models.BigIntegerField()
    rank = models.BigIntegerField()
    version = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages", db_index=False)
    client_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    reply_to = models.BigIntegerField(null=True)
    mentions = models.JSONField(default=list)
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.CharField(max_length=10, choices=DeletedBy.choices, blank=True)
    deleted_reason = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["room", "author", "client_id"], name="message_client_id_once"),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(body="", html=""),
                name="message_deleted_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-id"], name="messages_of_author"),
            models.Index(fields=["deleted_by", "-id"], condition=~models.Q(deleted_by=""), name="messages_taken_away"),
            models.Index(fields=["room", "seq"], condition=models.Q(pinned=True), name="pins_of_room"),
            models.Index(
                fields=["room", "reply_to", "seq"], condition=models.Q(reply_to__isnull=False), name="replies"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.seq} in {self.room}"


class Mention(models.Model):
    """A message calls a person by name; counted behind their read mark."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    seq = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "room", "seq"], name="mention_once")]
        indexes = [models.Index(fields=["room", "seq"], name="mention_of_message")]

    def __str__(self) -> str:
        return f"mention of {self.user} in {self.room}"

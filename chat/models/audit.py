"""The audit log: what was done against people and rooms, by whom and why."""

from django.conf import settings
from django.db import models

from chat.models.room import Room


class AuditEntry(models.Model):
    """One act of a moderator or administrator. Rows are only added; they hold nothing that people wrote in rooms.

    Numbered without holes from the locked installation row; `digest` covers the row and the digest before it
    (chat/domain/audit.py), so `manage.py verify_audit` finds what was changed past the chat. `message` is a seq of
    `room`; `details` is what undoing the act takes.
    """

    class Act(models.TextChoices):
        MESSAGE_REMOVED = "message.removed"
        MESSAGE_RESTORED = "message.restored"
        MESSAGE_APPROVED = "message.approved"
        MESSAGE_REJECTED = "message.rejected"
        RULE_SAVED = "rule.saved"
        RULE_ENDED = "rule.ended"
        MUTED = "person.muted"
        MUTE_LIFTED = "mute.lifted"
        BANNED = "person.banned"
        BAN_LIFTED = "ban.lifted"
        MEMBER_ADDED = "member.added"
        MEMBER_CHANGED = "member.changed"
        MEMBER_REMOVED = "member.removed"
        ROOM_CHANGED = "room.changed"
        ROOM_ARCHIVED = "room.archived"
        ROOM_REOPENED = "room.reopened"
        ACCOUNT_CHANGED = "account.changed"
        ACCOUNT_DEACTIVATED = "account.deactivated"
        ACCOUNT_ACTIVATED = "account.activated"
        ACCOUNT_ERASED = "account.erased"
        RIGHTS_CHANGED = "rights.changed"
        GROUP_SAVED = "group.saved"
        GROUP_REMOVED = "group.removed"
        TOKEN_MADE = "token.made"
        TOKEN_REVOKED = "token.revoked"
        INSTALLATION_CHANGED = "installation.changed"
        REPORT_DECIDED = "report.decided"
        APPEAL_DECIDED = "appeal.decided"

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(max_length=24, choices=Act.choices)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+", null=True, db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    message = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=250, blank=True)
    details = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["actor", "-number"], name="audit_of_actor"),
            models.Index(fields=["person", "-number"], name="audit_of_person"),
            models.Index(fields=["room", "-number"], name="audit_of_room"),
            models.Index(fields=["act", "-number"], name="audit_of_act"),
        ]

    def __str__(self) -> str:
        return f"act {self.number}, {self.act}"

"""This installation as a whole, and the numbered list of what was revoked in it."""

import secrets

from django.conf import settings
from django.db import models


def _epoch() -> str:
    return secrets.token_hex(8)


def _digest_key() -> str:
    return secrets.token_hex(32)


class Installation(models.Model):
    """The one row of the installation, made after the first migration.

    `epoch` names this history of the database; cursors of another epoch are answered with a reset. `digest_key` keys
    the digests that tell a repeated send from a contradicting one. `revocation_head` numbers the revocations,
    `audit_head` the entries of the audit log. `sign_up` and `erased_messages` are the
    administrator's choice; while empty, the environment's counts.
    """

    class SignUp(models.TextChoices):
        OPEN = "open", "open: whoever comes may make an account"
        INVITE = "invite", "by invitation: who holds an invite link may"
        CLOSED = "closed", "closed: administrators make accounts"

    class Erased(models.TextChoices):
        KEEP = "keep", "kept, as those of a deleted person"
        REMOVE = "remove", "removed"

    epoch = models.CharField(max_length=32, default=_epoch)
    digest_key = models.CharField(max_length=64, default=_digest_key)
    revocation_head = models.BigIntegerField(default=0)
    audit_head = models.BigIntegerField(default=0)
    sign_up = models.CharField("New accounts", max_length=8, choices=SignUp.choices, blank=True)
    erased_messages = models.CharField(
        "Messages of people who have themselves erased", max_length=8, choices=Erased.choices, blank=True
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return f"installation {self.epoch}"


class Revocation(models.Model):
    """Somebody's credentials ended: all of them, or one session (its digest), or one token (its key); or none, and they
    may do other things from now on (`rights`).

    `banned` tells that it was by a ban. Numbered without holes from the locked installation row, so a worker that reads
    what came after the last number it saw misses none.
    """

    number = models.BigIntegerField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credential = models.CharField(max_length=80, blank=True)
    banned = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"revocation {self.number}"

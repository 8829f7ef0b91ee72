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
    the digests that tell a repeated send from a contradicting one. `revocation_head` numbers the revocations.
    """

    epoch = models.CharField(max_length=32, default=_epoch)
    digest_key = models.CharField(max_length=64, default=_digest_key)
    revocation_head = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="installation_is_one_row")]

    def __str__(self) -> str:
        return f"installation {self.epoch}"


class Revocation(models.Model):
    """Somebody's credentials ended: all of them, or one session (its digest), or one token (its key).

    Numbered without holes from the locked installation row, so a worker that reads what came after the last number
    it saw misses none.
    """

    number = models.BigIntegerField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    credential = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"revocation {self.number}"

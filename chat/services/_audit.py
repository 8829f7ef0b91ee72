"""Noting what moderators and administrators do, within the transaction in which they do it."""

import logging
import os
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from chat.domain.audit import BEGINNING, digest
from chat.models import AuditEntry, Room
from chat.queries.audit import facts_of, heads_file, signed
from chat.services._record import lock_installation
from chat.telemetry import log

logger = logging.getLogger(__name__)

Act = AuditEntry.Act


def record_act(
    act: AuditEntry.Act,
    *,
    actor: AbstractUser,
    room: Room | None = None,
    person: int | None = None,
    message: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Within a use case, after its rooms and people are locked: adds an entry behind the last.

    Its head goes to the log and to the file of signed heads after commit.
    """
    installation = lock_installation()
    last = AuditEntry.objects.filter(number=installation.audit_head).values_list("digest", flat=True).first()
    entry = AuditEntry(
        number=installation.audit_head + 1,
        at=timezone.now(),
        actor_id=actor.pk,
        act=act,
        room=room,
        person_id=person,
        message=message,
        reason=reason,
        details=details or {},
    )
    entry.digest = digest(entry.number, facts_of(entry), last or BEGINNING)
    entry.save(force_insert=True)
    installation.audit_head = entry.number
    installation.save(update_fields=["audit_head"])
    transaction.on_commit(partial(_note_head, entry.number, entry.digest), robust=True)


def _note_head(number: int, digest: str) -> None:
    """Outside the database, where who rewrites the log does not reach; the act stands if that fails."""
    head = signed(number, digest)
    log.info("audit head", number=number, head=head)
    try:
        heads_file().parent.mkdir(parents=True, exist_ok=True)
        file = os.open(heads_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{head}\n".encode())  # one write of a line: other workers write theirs
        finally:
            os.close(file)
    except OSError:
        logger.exception("head %d of the audit log was not written to its file", number)

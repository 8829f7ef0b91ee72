"""Tickets: made over REST, used once by a socket that cannot send a header."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import Unauthenticated
from chat.queries.sanctions import is_banned
from chat.services._record import write_transaction

LIFETIME = timedelta(seconds=30)


def create_ticket(
    *,
    actor: AbstractUser,
    credential: str,
    scopes: Sequence[str],
    ends_at: datetime | None,
    rooms: Sequence[str] = (),
) -> tuple[models.Ticket, str]:
    """A ticket for one socket of the actor within 30 seconds, and its text.

    The socket has the rights of the credential that asked, until that ends at `ends_at` (None for never).
    """
    plain = secrets.token_urlsafe(32)
    now = timezone.now()
    with write_transaction():
        models.Ticket.objects.filter(expires_at__lt=now).delete()
        ticket = models.Ticket.objects.create(
            digest=_digest(plain),
            user_id=actor.pk,
            credential=credential,
            scopes=sorted(scopes),
            rooms=list(rooms),
            ends_at=ends_at,
            expires_at=now + LIFETIME,
        )
    return ticket, plain


def use_ticket(*, plain: str) -> models.Ticket:
    """Takes a ticket, which is gone then: of two uses at once one succeeds. Raises Unauthenticated."""
    with write_transaction():
        tickets = models.Ticket.objects.filter(digest=_digest(plain), expires_at__gt=timezone.now())
        ticket = tickets.filter(~is_banned("user"), user__is_active=True).select_related("user__profile").first()
        taken, _ = tickets.delete()
        valid = ticket is not None and taken and not _has_ended(ticket)
    if ticket is None or not valid:
        raise Unauthenticated("This ticket is not valid.")
    return ticket


def _has_ended(ticket: models.Ticket) -> bool:
    """Whether the credential behind it ended while the ticket was being made, too early to end the ticket too."""
    return models.Revocation.objects.filter(user=ticket.user_id, credential=ticket.credential).exists()


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()

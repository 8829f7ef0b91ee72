"""Tickets: made over REST, used once by a socket that cannot send a header."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services._record import write_transaction

LIFETIME = timedelta(seconds=30)


def create_ticket(*, actor: AbstractUser, credential: str, scopes: Sequence[str]) -> str:
    """A ticket for one socket of the actor within 30 seconds, with the rights of the credential that asked."""
    plain = secrets.token_urlsafe(32)
    now = timezone.now()
    with write_transaction():
        models.Ticket.objects.filter(expires_at__lt=now).delete()
        models.Ticket.objects.create(
            digest=_digest(plain),
            user_id=actor.pk,
            credential=credential,
            scopes=sorted(scopes),
            expires_at=now + LIFETIME,
        )
    return plain


def use_ticket(*, plain: str) -> models.Ticket:
    """Takes a ticket, which is gone then: of two uses at once one succeeds. Raises Unauthenticated."""
    with write_transaction():
        tickets = models.Ticket.objects.filter(digest=_digest(plain), expires_at__gt=timezone.now())
        ticket = tickets.filter(user__is_active=True).select_related("user__profile").first()
        taken, _ = tickets.delete()
    if ticket is None or not taken:
        raise Unauthenticated("This ticket is not valid.")
    return ticket


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()

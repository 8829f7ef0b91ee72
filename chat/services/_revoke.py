"""Ending credentials and changing what people may do, within the transaction of a use case."""

from django.utils import timezone

from chat import bus, models
from chat.domain import news
from chat.services._record import lock_installation, lock_people


def revoke(user_id: int, credential: str = "", *, banned: bool = False) -> None:
    """Numbers the end of a credential (all of the person's when empty) and tells every worker after commit.

    Who is `banned` is told that this is why. The person is locked, so that what they write comes before or is refused.
    """
    lock_people([user_id])
    tickets = models.Ticket.objects.filter(user=user_id)
    (tickets.filter(credential=credential) if credential else tickets).delete()
    if not credential:
        models.ApiToken.objects.filter(user=user_id, revoked_at=None).update(revoked_at=timezone.now())
    _number(user_id, credential, banned)


def tell_rights(user_id: int) -> None:
    """Has all that somebody has open look again at what they may do, on every worker, also where no hint is heard."""
    lock_people([user_id])
    _number(user_id, news.RIGHTS)


def _number(user_id: int, credential: str, banned: bool = False) -> None:
    installation = lock_installation()
    installation.revocation_head += 1
    installation.save(update_fields=["revocation_head"])
    number = installation.revocation_head
    models.Revocation.objects.create(
        number=number, user_id=user_id, credential=credential, banned=banned, at=timezone.now()
    )
    bus.announce([news.Revoked(number, user_id, credential, banned)])

"""An installation keeps an administrator, whoever does what to whom."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from chat.domain.errors import Conflict
from chat.queries.access import admitted
from chat.services._record import lock_installation

LAST_ADMIN = "This is the only administrator here. Make somebody else one first."


def require_another_admin(person: AbstractUser) -> None:
    """Within a use case, before it takes the office of a locked person: of two that do so at once the second is asked
    when the first is done. Raises Conflict for the only administrator."""
    if not (person.is_superuser and person.is_active):
        return
    lock_installation()
    admins = admitted(get_user_model()._default_manager.filter(is_superuser=True))
    if not admins.exclude(pk=person.pk).exists():
        raise Conflict(LAST_ADMIN)

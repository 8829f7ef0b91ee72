"""Who is a guest of the house."""

from django.contrib.auth.models import AbstractUser

from chat.domain.errors import NotFound
from chat.services._audit import Act, record_act
from chat.services._record import lock_people, write_transaction
from chat.services._revoke import revoke
from chat.services.accounts import require_rights_over


def set_guest(*, actor: AbstractUser, person: AbstractUser, guest: bool) -> None:
    """Makes somebody a guest, which signs them out everywhere and ends their tokens; or a guest one of the house.

    Raises Forbidden, NotFound.
    """
    require_rights_over(person, actor)
    with write_transaction():
        profile = lock_people([person.pk]).get(person.pk)
        if profile is None:
            raise NotFound()
        if profile.guest != guest:
            profile.guest = guest
            profile.save(update_fields=["guest"])
            if guest:
                revoke(person.pk)
            record_act(Act.ACCOUNT_CHANGED, actor=actor, person=person.pk, details={"changed": ["guest"]})

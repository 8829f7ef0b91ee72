"""The installation's own row, its set-up code and its epoch."""

import secrets

from django.contrib.auth.models import AbstractUser
from django.utils.crypto import salted_hmac

from chat.domain.errors import Forbidden, Invalid
from chat.models import Installation
from chat.services._audit import Act, record_act
from chat.services._record import lock_installation, write_transaction


def ensure_installation() -> None:
    """Makes the one row where it is missing; called after every migration."""
    Installation.objects.get_or_create(pk=1)


def setup_code() -> str:
    """The code that makes its holder the first admin; worthless once there is one, another after a new epoch."""
    return salted_hmac("parley.setup", Installation.objects.get(pk=1).epoch, algorithm="sha256").hexdigest()[:32]


def change_installation(*, actor: AbstractUser, **choices: str) -> None:
    """Notes what the administrator chose for `sign_up` and `erased_messages`. Raises Forbidden, Invalid."""
    if not actor.has_perm("chat.change_installation"):
        raise Forbidden()
    for name, choice in choices.items():
        if choice and choice not in {"sign_up": Installation.SignUp, "erased_messages": Installation.Erased}[name]:
            raise Invalid(fields={name: "There is no such choice."})
    with write_transaction():
        row = lock_installation()
        for name, choice in choices.items():
            setattr(row, name, choice)
        row.save(update_fields=choices)
        record_act(Act.INSTALLATION_CHANGED, actor=actor, details=choices)


def new_epoch() -> str:
    """Begins another history: every cursor is answered with a reset. For restores and fail-overs."""
    with write_transaction():
        row = lock_installation()
        row.epoch = secrets.token_hex(8)
        row.save(update_fields=["epoch"])
    return row.epoch

"""The installation: its epoch, its revocations, whether it has been set up."""

from collections.abc import Collection

from django.contrib.auth import get_user_model

from chat.conf import conf
from chat.domain.news import Revoked
from chat.models import Installation, Revocation


def installation() -> Installation:
    """The one row."""
    return Installation.objects.get(pk=1)


def revocations_after(number: int) -> list[Revoked]:
    """What was revoked after `number`, in order."""
    rows = Revocation.objects.filter(number__gt=number).order_by("number")
    return [Revoked(*row) for row in rows.values_list("number", "user_id", "credential", "banned")]


def ended_credentials(user_ids: Collection[int], credentials: Collection[str]) -> set[tuple[int, str]]:
    """(user, credential) of those among `credentials` of these people that were revoked one by one."""
    rows = Revocation.objects.filter(user__in=user_ids, credential__in=credentials)
    return set(rows.values_list("user_id", "credential"))


def has_admin() -> bool:
    """Whether this installation has been set up: somebody was made its administrator, active now or not."""
    return get_user_model()._default_manager.filter(is_superuser=True).exists()


def sign_up_mode() -> str:
    """Who may make an account: the administrator's choice, else that of the environment."""
    return installation().sign_up or conf().SIGN_UP


def removes_erased_messages() -> bool:
    """Whether the messages of erased people go with them: the administrator's choice, else the environment's."""
    return (installation().erased_messages or conf().ERASED_MESSAGES) == "remove"

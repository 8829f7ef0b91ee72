"""Who may do what in the admin: staff, superusers, and the groups with their permissions. Superusers decide."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser, Group, Permission

from chat.domain.errors import Conflict, Forbidden, NotFound
from chat.services._admins import require_another_admin
from chat.services._audit import Act, record_act
from chat.services._record import lock_installation, lock_people, write_transaction


def change_rights(
    *,
    actor: AbstractUser,
    person: AbstractUser,
    staff: bool,
    superuser: bool,
    groups: Iterable[Group],
    permissions: Iterable[Permission],
    instead_of: dict[str, Any] | None = None,
) -> None:
    """Gives somebody these rights in the admin and no others; where `instead_of` is given, only in place of those.

    Raises Forbidden, NotFound, Conflict for the only administrator and for rights that were changed since.
    """
    _require_superuser(actor)
    with write_transaction():
        people = lock_people([person.pk])
        if person.pk not in people:
            raise NotFound()
        user = people[person.pk].user
        if not superuser:
            require_another_admin(user)
        was = _rights(user)
        if instead_of not in (None, was):
            raise Conflict("The rights were changed again since then.")
        user.is_staff, user.is_superuser = staff, superuser
        user.save(update_fields=["is_staff", "is_superuser"])
        user.groups.set(groups)
        user.user_permissions.set(permissions)
        if (now := _rights(user)) != was:
            record_act(Act.RIGHTS_CHANGED, actor=actor, person=user.pk, details={"was": was, "now": now})


def change_rights_back(*, actor: AbstractUser, person: AbstractUser, was: dict[str, Any], now: dict[str, Any]) -> None:
    """Gives somebody the rights they had, as the audit log has them. Raises Forbidden, Conflict if they have others."""
    change_rights(
        actor=actor,
        person=person,
        staff=was["staff"],
        superuser=was["superuser"],
        groups=Group.objects.filter(name__in=was["groups"]),
        permissions=[each for each in _all_permissions() if _name(each) in was["permissions"]],
        instead_of=now,
    )


def save_group(
    *, actor: AbstractUser, name: str, permissions: Iterable[Permission], group_id: int | None = None
) -> Group:
    """Makes a group, or gives the group `group_id` another name and other permissions.

    Raises Forbidden, NotFound, Conflict for a name that is taken.
    """
    _require_superuser(actor)
    with write_transaction():
        lock_installation()
        group = _group(group_id) if group_id is not None else Group()
        if Group.objects.filter(name=name).exclude(pk=group_id or 0).exists():
            raise Conflict(fields={"name": "This name is taken."})
        was = _permissions(group) if group_id is not None else []
        group.name = name
        group.save()
        group.permissions.set(permissions)
        _note(Act.GROUP_SAVED, group, actor, was=was, now=_permissions(group))
    return group


def remove_group(*, actor: AbstractUser, group_id: int) -> None:
    """Takes a group away, and from its members what it let them do. Raises Forbidden, NotFound."""
    _require_superuser(actor)
    with write_transaction():
        lock_installation()
        group = _group(group_id)
        _note(Act.GROUP_REMOVED, group, actor, was=_permissions(group), now=[])
        group.delete()


def _require_superuser(actor: AbstractUser) -> None:
    if not (actor.is_active and actor.is_superuser):
        raise Forbidden()


def _group(group_id: int) -> Group:
    group = Group.objects.filter(pk=group_id).first()
    if group is None:
        raise NotFound("There is no such group.")
    return group


def _note(act: Act, group: Group, actor: AbstractUser, *, was: list[str], now: list[str]) -> None:
    record_act(act, actor=actor, details={"group": group.name, "was": was, "now": now})


def _rights(user: AbstractUser) -> dict[str, Any]:
    return {
        "staff": user.is_staff,
        "superuser": user.is_superuser,
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "permissions": sorted(map(_name, user.user_permissions.select_related("content_type"))),
    }


def _permissions(group: Group) -> list[str]:
    return sorted(map(_name, group.permissions.select_related("content_type")))


def _all_permissions() -> Iterable[Permission]:
    return Permission.objects.select_related("content_type")


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"

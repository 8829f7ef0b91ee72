"""Leaving: taking one's data along, closing one's account, being erased."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.serializers.json import DjangoJSONEncoder

from chat import models
from chat.domain.errors import Forbidden
from chat.queries.installation import removes_erased_messages
from chat.services._audit import Act, record_act
from chat.services._record import lock_people, room_log, write_transaction
from chat.services._removal import erase
from chat.services.accounts import require_rights_over, set_active
from chat.services.limits import spend
from chat.services.memberships import end_membership
from chat.services.pictures import remove_picture

DELETED = "Deleted person"
AT_ONCE = 100


def export_data(*, actor: AbstractUser) -> bytes:
    """All that the chat keeps of the actor, as a ZIP archive of JSON files. Raises RateLimited."""
    spend("EXPORTS_PER_PERSON", actor.pk)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, rows in _data(actor).items():
            with file.open(f"{name}.json", "w") as part:
                before = b"[\n"
                for row in rows:
                    part.write(before + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode())
                    before = b",\n"
                part.write(b"[]\n" if before == b"[\n" else b"\n]\n")
    return archive.getvalue()


def close_account(*, actor: AbstractUser) -> None:
    """Closes one's own account: signed out everywhere, messages stay, an administrator may open it again.

    Raises Conflict for the only administrator.
    """
    with write_transaction():
        set_active(actor, active=False)


def erase_person(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Takes away all that says who somebody was. Their messages stay as a deleted person's, or go as well.

    Done in several transactions, the account's end first; done again it takes up what was left. Raises Forbidden,
    Conflict for the only administrator.
    """
    if actor.pk != person.pk:
        require_rights_over(person, actor)
        if not actor.has_perm("auth.delete_user"):
            raise Forbidden()
    with write_transaction():
        if set_active(person, active=False) and actor.pk != person.pk:
            record_act(Act.ACCOUNT_DEACTIVATED, actor=actor, person=person.pk)
    _leave_rooms(person)
    if removes_erased_messages():
        _remove_messages(person)
    remove_picture(actor=person)
    with write_transaction():
        _forget(person)
        if actor.pk != person.pk:
            record_act(Act.ACCOUNT_ERASED, actor=actor, person=person.pk)


def _leave_rooms(person: AbstractUser) -> None:
    """Direct rooms keep their people."""
    mine = models.Membership.objects.filter(user=person.pk).exclude(room__kind=models.Room.Kind.DIRECT)
    for slug in list(mine.values_list("room__slug", flat=True)):
        with room_log(slug) as log:
            for membership in mine.filter(room=log.room).select_related("user"):
                end_membership(log, membership, actor=person)


def _remove_messages(person: AbstractUser) -> None:
    with write_transaction():
        models.Quarantine.objects.filter(message__author=person.pk).delete()
    left = models.Message.objects.filter(author=person.pk, deleted_at=None)
    for slug in list(left.order_by().values_list("room__slug", flat=True).distinct()):
        here = left.filter(room__slug=slug).order_by("seq")
        while here.exists():
            with room_log(slug) as log:
                for message in here.select_related("author")[:AT_ONCE]:
                    erase(log, message, actor=person)


def _forget(person: AbstractUser) -> None:
    for kept in (EmailAddress, Authenticator, SocialAccount, models.ApiToken, models.Invite):
        owner = "made_by" if kept is models.Invite else "user"
        kept.objects.filter(**{owner: person.pk}).delete()
    models.HeldMessage.objects.filter(author=person.pk).delete()
    profile = lock_people([person.pk])[person.pk]
    profile.display_name, profile.status, profile.time_zone = DELETED, "", ""
    profile.save(update_fields=["display_name", "status", "time_zone"])
    person.username = f"deleted-{person.pk}-{secrets.token_hex(3)}"
    person.email = person.first_name = person.last_name = ""
    person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()


def _data(person: AbstractUser) -> Mapping[str, Iterable[dict[str, Any]]]:
    def mine(table: Any, *columns: str, owner: str = "user") -> Iterable[dict[str, Any]]:
        rows = table.objects.filter(**{owner: person.pk}).order_by("pk").values(*columns)
        return rows.iterator()  # type: ignore[no-any-return]

    users: Any = get_user_model()._default_manager.filter(pk=person.pk)
    return {
        "account": users.values("username", "email", "first_name", "last_name", "date_joined", "last_login"),
        "profile": mine(models.Profile, "display_name", "status", "time_zone", "picture"),
        "addresses": mine(EmailAddress, "email", "verified", "primary"),
        "single_sign_on": mine(SocialAccount, "provider", "uid", "date_joined", "extra_data"),
        "sessions": mine(models.UserSession, "user_agent", "address", "begun_at", "seen_at"),
        "tokens": mine(models.ApiToken, "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"),
        "rooms": mine(models.Membership, "room__slug", "room__title", "role", "joined_at"),
        "messages": mine(models.Message, "room__slug", "seq", "body", "reply_to", "created_at", "edited_at",
                         "deleted_at", owner="author"),
        "held_messages": mine(models.HeldMessage, "room__slug", "body", "held_at", "state", owner="author"),
        "reports": mine(models.Report, "case__message__room__slug", "case__message__seq", "reason", "at",
                        "case__state", "case__answer", owner="author"),
        "reactions": mine(models.Reaction, "message__room__slug", "message__seq", "emoji"),
    }  # fmt: skip

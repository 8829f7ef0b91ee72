"""Invite links: made, spent, withdrawn."""

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime
from typing import cast

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import ChatError, Forbidden, Invalid, NotFound
from chat.domain.text import clean_line
from chat.queries.installation import sign_up_mode
from chat.services._record import write_transaction
from chat.services.memberships import add_member

MOST_USES = 10_000
SPENT = "This invite link is not valid any more."


def create_invite(
    *,
    actor: AbstractUser,
    note: str = "",
    uses: int = 1,
    expires_at: datetime | None = None,
    room: models.Room | None = None,
) -> tuple[models.Invite, str]:
    """A new invite and the code of its link, which is shown this once. Raises Forbidden, Invalid."""
    if not actor.has_perm("chat.add_invite"):
        raise Forbidden()
    if not 1 <= uses <= MOST_USES:
        raise Invalid(fields={"uses_left": f"1 to {MOST_USES}."})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": "A time to come."})
    code = secrets.token_urlsafe(24)
    with write_transaction():
        invite = models.Invite.objects.create(
            digest=_digest(code),
            note=clean_line(note, name="note", longest=80, required=False),
            made_by_id=actor.pk,
            made_at=timezone.now(),
            expires_at=expires_at,
            uses_left=uses,
            room=room,
        )
    return invite, code


def withdraw_invite(*, actor: AbstractUser, invite_id: int) -> None:
    """Makes an invite worthless. Raises Forbidden, NotFound."""
    if not actor.has_perm("chat.delete_invite"):
        raise Forbidden()
    with write_transaction():
        deleted, _ = models.Invite.objects.filter(pk=invite_id).delete()
    if not deleted:
        raise NotFound()


def may_sign_up(*, code: str = "") -> bool:
    """Whether somebody who shows this code, or none, may make an account now."""
    if not code:
        return sign_up_mode() == "open"
    return sign_up_mode() != "closed" and _usable(models.Invite.objects.filter(digest=_digest(code)).first())


def spend_invite(*, code: str) -> models.Invite | None:
    """Within the transaction that makes an account: takes one use of the invite, None without a code.

    The row stays locked until the account is made, so that no two take the last use. Raises Forbidden.
    """
    mode = sign_up_mode()
    if mode == "closed" or (mode == "invite" and not code):
        raise Forbidden("New accounts are made by the administrator here.")
    if not code:
        return None
    invite = models.Invite.objects.select_for_update().filter(digest=_digest(code)).first()
    if not _usable(invite):
        raise Forbidden(SPENT)
    invite = cast(models.Invite, invite)
    invite.uses_left -= 1
    invite.save(update_fields=["uses_left"])
    return invite


def enter_room_of(invite: models.Invite, person: AbstractUser) -> None:
    """Brings who was invited into the room of the invite, as far as its maker may do so now."""
    if invite.room is not None:
        with suppress(ChatError):
            maker = cast(AbstractUser, invite.made_by)
            add_member(actor=maker, room=invite.room.slug, username=person.get_username())


def _usable(invite: models.Invite | None) -> bool:
    if invite is None or invite.uses_left < 1 or not cast(AbstractUser, invite.made_by).is_active:
        return False
    return invite.expires_at is None or invite.expires_at > timezone.now()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()

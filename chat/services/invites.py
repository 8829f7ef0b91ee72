"""Invite links: made, spent, withdrawn."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import cast

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import models
from chat.domain.errors import ChatError, Forbidden, Invalid, NotFound
from chat.domain.policy import Act, Target
from chat.domain.text import clean_line
from chat.queries.access import is_guest
from chat.queries.installation import sign_up_mode
from chat.queries.sanctions import sentenced_here
from chat.services._record import RoomLog, require, room_log, write_transaction
from chat.services.memberships import enter

MOST_USES = 10_000
SPENT = "This invite link is not valid any more."


def create_invite(
    *,
    actor: AbstractUser,
    note: str = "",
    uses: int = 1,
    expires_at: datetime | None = None,
    room: str | None = None,
) -> tuple[models.Invite, str]:
    """A new invite and the code of its link, which is shown this once.

    Into a room by who may invite there, into the chat alone by who has the right of the admin. Raises Forbidden,
    Invalid, NotFound.
    """
    if not 1 <= uses <= MOST_USES:
        raise Invalid(fields={"uses_left": f"1 to {MOST_USES}."})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": "A time to come."})
    note, code = clean_line(note, name="note", longest=80, required=False), secrets.token_urlsafe(24)
    with _scope(actor, room, "chat.add_invite") as into:
        invite = models.Invite.objects.create(
            digest=_digest(code),
            note=note,
            made_by_id=actor.pk,
            made_at=timezone.now(),
            expires_at=expires_at,
            uses_left=uses,
            room=into,
        )
    return invite, code


def withdraw_invite(*, actor: AbstractUser, invite_id: int, room: str | None = None) -> None:
    """Makes an invite worthless: one into `room` by who may invite there, else any by who has the right of the admin.

    Raises Forbidden, NotFound.
    """
    with _scope(actor, room, "chat.delete_invite") as found:
        here = {} if found is None else {"room": found}
        deleted, _ = models.Invite.objects.filter(pk=invite_id, **here).delete()
    if not deleted:
        raise NotFound()


def invites_of(*, actor: AbstractUser, room: str) -> list[models.Invite]:
    """What invites into a room there are, the newest first, for who may make another. Raises NotFound, Forbidden."""
    with room_log(room) as log:
        require(Act.INVITE, log.room, actor)
        return list(models.Invite.objects.filter(room=log.room).select_related("made_by").order_by("-pk"))


def accept_invite(*, actor: AbstractUser, code: str) -> str:
    """Brings somebody who has an account into the room of an invite, as far as its maker may do so now.

    Returns the room. Who is in already spends nothing. Raises Forbidden, NotFound, Conflict.
    """
    found = room_of_invite(code=code)
    if found is None:
        raise Forbidden(SPENT)
    with room_log(found.slug) as log:
        row = models.Invite.objects.select_for_update(of=("self",)).select_related("made_by")
        invite = row.filter(digest=_digest(code)).first()
        if not _usable(invite):
            raise Forbidden(SPENT)
        invite = cast(models.Invite, invite)
        if _enter(log, invite, actor):
            invite.uses_left -= 1
            invite.save(update_fields=["uses_left"])
    return found.slug


def room_of_invite(*, code: str) -> models.Room | None:
    """The room that an invite leads into while it is good; None for a room there is not, or no good invite."""
    invite = models.Invite.objects.select_related("room", "made_by").filter(digest=_digest(code)).first()
    return cast(models.Invite, invite).room if _usable(invite) else None


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
        with suppress(ChatError), room_log(invite.room.slug) as log:
            _enter(log, invite, person)


def _enter(log: RoomLog, invite: models.Invite, person: AbstractUser) -> bool:
    """Makes who was invited a member, if the maker of the invite may invite them now; whether they were none."""
    maker = cast(AbstractUser, invite.made_by)
    target = Target(banned=sentenced_here(person.pk, log.room.pk).ban is not None)
    require(Act.INVITE, log.room, maker, target, subject=person.pk)
    if models.Membership.objects.filter(room=log.room, user=person.pk).exists():
        return False
    enter(log, person, "guest" if is_guest(person) else "member", actor=maker)
    return True


@contextmanager
def _scope(actor: AbstractUser, room: str | None, permission: str) -> Iterator[models.Room | None]:
    """The transaction, for who may invite into the room or, without one, has this permission."""
    if room is not None:
        with room_log(room) as log:
            require(Act.INVITE, log.room, actor)
            yield log.room
        return
    if not actor.has_perm(permission):
        raise Forbidden()
    with write_transaction():
        yield None


def _usable(invite: models.Invite | None) -> bool:
    if invite is None or invite.uses_left < 1 or not cast(AbstractUser, invite.made_by).is_active:
        return False
    return invite.expires_at is None or invite.expires_at > timezone.now()


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()

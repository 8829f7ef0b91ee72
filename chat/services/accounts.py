"""Accounts: made, set up, described, given passwords, deactivated."""

from contextlib import suppress
from typing import cast
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.crypto import constant_time_compare

from chat import models
from chat.conf import conf
from chat.domain.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from chat.domain.text import FORBIDDEN, clean_line, clean_username
from chat.queries.installation import has_admin
from chat.services._admins import require_another_admin
from chat.services._audit import Act, record_act
from chat.services._record import lock_installation, lock_people, write_transaction
from chat.services._revoke import revoke
from chat.services.installation import setup_code
from chat.services.invites import enter_room_of, spend_invite
from chat.services.limits import spend
from chat.services.memberships import add_member, join_room, show_anew
from chat.services.sessions import end_all_sessions, forget_all_sessions


def sign_up(*, username: str, password: str, display_name: str = "", email: str = "", invite: str = "") -> AbstractUser:
    """Makes an account and brings it into the lobby, and into the room of the `invite` that is spent on it.

    Raises Forbidden where sign-up is closed or for an invite that is not valid, Invalid for unfit names, addresses and
    passwords, Conflict for a taken name.
    """
    draft = _draft(username, password, email)
    with write_transaction():
        spent = spend_invite(code=invite)
        user = _create(draft, password, display_name)
    enter_lobby(user)
    if spent is not None:
        enter_room_of(spent, user)
    return user


def set_up_admin(*, code: str, username: str, password: str, display_name: str = "") -> AbstractUser:
    """Makes the first admin, owner of the lobby, for who holds the set-up code; of two at once one gets Conflict.

    Raises Forbidden for a wrong code, Conflict once there is an admin, Invalid for unfit names and passwords.
    """
    if not constant_time_compare(code.encode(errors="replace"), setup_code()):
        raise Forbidden("This set-up link is not valid.")
    draft = _draft(username, password)
    draft.is_staff = draft.is_superuser = True
    with write_transaction():
        lock_installation()
        if has_admin():
            raise Conflict("This chat has been set up already. Sign in instead.")
        user = _create(draft, password, display_name)
    enter_lobby(user, owner=True)
    return user


def add_person(
    *, actor: AbstractUser, username: str, password: str | None = None, display_name: str = ""
) -> AbstractUser:
    """Makes an account for somebody else; without a password they cannot sign in yet.

    Raises Forbidden, Invalid for unfit names and passwords, Conflict for a taken name.
    """
    if not actor.has_perm("auth.add_user"):
        raise Forbidden()
    draft = _draft(username, password)
    with write_transaction():
        user = _create(draft, password, display_name)
    enter_lobby(user)
    return user


def make_person(
    *, username: str, password: str | None = None, display_name: str = "", bot: bool = False
) -> AbstractUser:
    """The active person with this username, made when missing; for who runs the chat. Raises Invalid, Forbidden."""
    name = clean_username(username)
    users = get_user_model()._default_manager
    found = cast(AbstractUser | None, users.filter(username=name).first())
    if found is None:
        found = make_new_person(username=name, password=password, display_name=display_name, bot=bot)
    if not found.is_active:
        raise Forbidden("This account is deactivated.")
    return found


def make_new_person(
    *, username: str, password: str | None = None, display_name: str = "", bot: bool = False
) -> AbstractUser:
    """A person who was not there before, for who runs the chat. Raises Invalid, Conflict for a taken name."""
    draft = _new_user(clean_username(username))
    with write_transaction():
        user = _create(draft, password, display_name, bot=bot)
    enter_lobby(user)
    return user


def change_profile(
    *,
    actor: AbstractUser,
    display_name: str,
    status: str | None = None,
    time_zone: str | None = None,
    person: AbstractUser | None = None,
) -> None:
    """Gives the actor, or `person`, another name to show, in open pages too, and what else is not None.

    Raises Invalid, Forbidden, RateLimited.
    """
    changes = {"display_name": clean_line(display_name, name="display_name", longest=80)}
    if status is not None:
        changes["status"] = clean_line(status, name="status", longest=120, required=False)
    if time_zone is not None:
        changes["time_zone"] = _clean_zone(time_zone)
    person = person or actor
    if person.pk != actor.pk:
        require_rights_over(person, actor)
    is_renamed = not models.Profile.objects.filter(user=person.pk, display_name=changes["display_name"]).exists()
    if is_renamed and person.pk == actor.pk:
        spend("NAMES_PER_PERSON", person.pk)
    with write_transaction():
        profile = lock_people([person.pk])[person.pk]
        for name, value in changes.items():
            setattr(profile, name, value)
        profile.save(update_fields=changes)
        _note_change(actor, person, *sorted(changes))
    if is_renamed:
        show_anew(actor=actor, person=person)


def change_password(*, person: AbstractUser, password: str | None, actor: AbstractUser | None = None) -> None:
    """Gives somebody another password, or none: they are signed out everywhere, and every open socket of theirs ends.

    Whoever asks has proven that they may: the person, or the `actor`. Raises NotFound, Forbidden.
    """
    if actor is not None:
        require_rights_over(person, actor)
    with write_transaction():
        people = lock_people([person.pk])
        if person.pk not in people:
            raise NotFound()
        person.set_password(password)
        person.save(update_fields=["password"])
        end_all_sessions(person.pk)
        _note_change(actor, person, "password")


def note_reset_link(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Notes that the actor got a link by which whoever has it chooses this person's password. Raises Forbidden."""
    require_rights_over(person, actor)
    with write_transaction():
        _note_change(actor, person, "password link")


def drop_second_factor(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Lets somebody in by password alone who lost their phone. Raises Forbidden."""
    require_rights_over(person, actor)
    with write_transaction():
        Authenticator.objects.filter(user=person.pk).delete()
        record_act(Act.ACCOUNT_CHANGED, actor=actor, person=person.pk, details={"changed": ["second_factor"]})


def change_email(*, person: AbstractUser, email: str, actor: AbstractUser | None = None) -> None:
    """Notes an address without asking it: the person's own where the chat sends no mail, or by the `actor`.

    Raises Invalid, Forbidden.
    """
    if actor is not None:
        require_rights_over(person, actor)
    address = _clean_email(email)
    with write_transaction():
        EmailAddress.objects.filter(user=person.pk).delete()
        if address:
            EmailAddress.objects.create(user_id=person.pk, email=address, primary=True)
        person.email = address
        person.save(update_fields=["email"])
        _note_change(actor, person, "email")


def deactivate(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Closes an account: its sockets and tokens end, its sessions are worth nothing, its messages stay.

    Raises Forbidden, NotFound, Conflict for the only administrator.
    """
    _set_active(actor, person, active=False)


def activate(*, actor: AbstractUser, person: AbstractUser) -> None:
    """Opens a closed account again. Raises Forbidden, NotFound."""
    _set_active(actor, person, active=True)


def enter_lobby(user: AbstractUser, *, owner: bool = False) -> None:
    """Brings somebody new into the room that everyone begins in, where there is one and it is open."""
    with suppress(NotFound, Forbidden, Locked):
        if owner:
            add_member(actor=user, room=conf().LOBBY, username=user.get_username(), role="owner")
        else:
            join_room(actor=user, room=conf().LOBBY)


def require_rights_over(person: AbstractUser, actor: AbstractUser) -> None:
    """Raises Forbidden for who may not change accounts, or not one with more rights."""
    if not actor.has_perm("auth.change_user") or (person.is_superuser and not actor.is_superuser):
        raise Forbidden()


def _note_change(actor: AbstractUser | None, person: AbstractUser, *changed: str) -> None:
    """What somebody else did to an account; what people do to their own is nobody's business."""
    if actor is not None and actor.pk != person.pk:
        record_act(Act.ACCOUNT_CHANGED, actor=actor, person=person.pk, details={"changed": list(changed)})


def _set_active(actor: AbstractUser, person: AbstractUser, *, active: bool) -> None:
    require_rights_over(person, actor)
    with write_transaction():
        if set_active(person, active=active):
            act = Act.ACCOUNT_ACTIVATED if active else Act.ACCOUNT_DEACTIVATED
            record_act(act, actor=actor, person=person.pk)


def set_active(person: AbstractUser, *, active: bool) -> bool:
    """Within a use case: opens an account, or closes it and all that is open in its name; whether that changed it.

    Raises NotFound, Conflict for the only administrator.
    """
    people = lock_people([person.pk])
    if person.pk not in people:
        raise NotFound()
    user = people[person.pk].user
    if changed := user.is_active != active:
        if not active:
            require_another_admin(user)
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            revoke(user.pk)
            forget_all_sessions(user.pk)
    person.is_active = active
    return changed


def _draft(username: str, password: str | None, email: str = "") -> AbstractUser:
    draft = _new_user(clean_username(username))
    draft.email = _clean_email(email)
    if password is None:
        return draft
    if FORBIDDEN.search(password):
        raise Invalid(fields={"password": "Control characters are not allowed."})
    try:
        validate_password(password, draft)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Invalid(fields={"password": " ".join(error.messages)}) from error
    return draft


def _clean_email(text: str) -> str:
    address = text.strip().lower()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid(fields={"email": " ".join(error.messages)}) from error
    return address


def _clean_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise Invalid(fields={"time_zone": "There is no such time zone."})
    return name


def _new_user(username: str) -> AbstractUser:
    return cast(AbstractUser, get_user_model()(username=username))


def _create(draft: AbstractUser, password: str | None, display_name: str, *, bot: bool = False) -> AbstractUser:
    name = clean_line(display_name or draft.get_username(), name="display_name", longest=80)
    draft.set_password(password)
    try:
        draft.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(fields={"username": "This name is taken."}) from error
    if draft.email:
        EmailAddress.objects.create(user_id=draft.pk, email=draft.email, primary=True)
    kind = models.Profile.Kind.BOT if bot else models.Profile.Kind.PERSON
    models.Profile.objects.create(user_id=draft.pk, display_name=name, kind=kind)
    return draft

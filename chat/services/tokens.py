"""Tokens of API clients: made, checked, revoked."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import Q
from django.utils import timezone

from chat import models
from chat.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from chat.domain.policy import sees
from chat.domain.text import clean_line
from chat.queries.access import access, facts
from chat.queries.sanctions import is_banned
from chat.queries.shapes import person_shape
from chat.services._audit import Act, record_act
from chat.services._record import write_transaction
from chat.services._revoke import revoke
from chat.services.accounts import make_person

SCOPES = ("read", "write", "moderate")
PREFIX = "parley_"
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(
    *,
    actor: AbstractUser,
    person: AbstractUser,
    name: str,
    scopes: Sequence[str] = ("read", "write"),
    expires_at: datetime | None = None,
    rooms: Sequence[str] = (),
) -> tuple[models.ApiToken, str]:
    """A new token of `person` and its text, which is shown this once; with `rooms` it reaches no others.

    Raises Invalid; Forbidden for another's, unless that is a bot and the actor may make tokens.
    """
    if actor.pk != person.pk and not (actor.has_perm("chat.add_apitoken") and _is_plain_bot(person)):
        raise Forbidden("Tokens of people are made by themselves.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid(fields={"scopes": f"Some of {', '.join(SCOPES)}."})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": "A time to come."})
    if unknown := [slug for slug in rooms if not _may_name(actor, slug)]:
        raise Invalid(fields={"rooms": f"There is no room {', '.join(unknown)}."})
    plain = PREFIX + secrets.token_urlsafe(32)
    with write_transaction():
        token = models.ApiToken.objects.create(
            user_id=person.pk,
            name=clean_line(name, name="name", longest=80),
            digest=_digest(plain),
            scopes=sorted(set(scopes)),
            rooms=sorted(set(rooms)),
            created_at=timezone.now(),
            expires_at=expires_at,
        )
        if actor.pk != person.pk:
            record_act(Act.TOKEN_MADE, actor=actor, person=person.pk, details={"token": token.pk})
    return token, plain


def create_bot_token(
    *,
    actor: AbstractUser,
    bot: str,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    rooms: Sequence[str],
) -> tuple[models.ApiToken, str]:
    """A new token of the bot with this username, which is made when missing. Raises Forbidden, Invalid."""
    if not actor.has_perm("chat.add_apitoken"):
        raise Forbidden()
    person = make_person(username=bot, bot=True)
    return create_token(actor=actor, person=person, name=name, scopes=scopes, expires_at=expires_at, rooms=rooms)


def authenticate(*, plain: str) -> models.ApiToken:
    """The valid token with this text, with its user, its use noted. Raises Unauthenticated."""
    found = authenticate_all(plains=[plain])
    if plain not in found:
        raise Unauthenticated("This token is not valid.")
    return found[plain]


def authenticate_all(*, plains: Collection[str]) -> dict[str, models.ApiToken]:
    """The valid ones of these tokens by their texts, with their users; their use is noted once a minute."""
    now = timezone.now()
    texts = {_digest(plain): plain for plain in plains}
    valid = models.ApiToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        ~is_banned("user"),
        digest__in=texts,
        revoked_at=None,
        user__is_active=True,
    )
    found = {texts[token.digest]: token for token in valid.select_related("user__profile")}
    fresh = now - USE_NOTED_EVERY
    unnoted = [token.pk for token in found.values() if token.last_used_at is None or token.last_used_at <= fresh]
    if unnoted:
        # A database that takes no writes keeps nobody from reading.
        with suppress(Unavailable), write_transaction():
            models.ApiToken.objects.filter(pk__in=unnoted).update(last_used_at=now)
    return found


def revoke_token(*, actor: AbstractUser, token_id: int) -> None:
    """Ends a token at once, on open sockets too. Raises NotFound for one that is not the actor's to end."""
    with write_transaction():
        token = models.ApiToken.objects.filter(pk=token_id, revoked_at=None).first()
        if token is None or (token.user_id != actor.pk and not actor.has_perm("chat.delete_apitoken")):
            raise NotFound()
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        revoke(token.user_id, token_credential(token))
        if token.user_id != actor.pk:
            record_act(Act.TOKEN_REVOKED, actor=actor, person=token.user_id, details={"token": token.pk})


def token_credential(token: models.ApiToken) -> str:
    """Names a token where sockets remember what they were opened with."""
    return f"token:{token.pk}"


def tokens_of(person: AbstractUser) -> list[models.ApiToken]:
    """The person's tokens that were not revoked, newest first."""
    return list(models.ApiToken.objects.filter(user=person.pk, revoked_at=None).order_by("-pk"))


def _is_plain_bot(person: AbstractUser) -> bool:
    """Whether this is a bot without rights over the site, so that its token gives nobody more than they have."""
    return person_shape(person).kind == "bot" and not person.is_staff and not person.is_superuser


def _may_name(actor: AbstractUser, slug: str) -> bool:
    try:
        found = access(actor, slug)
    except NotFound:
        return False
    return found.standing.manages_members or sees(found.standing, facts(found.room))


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()

"""Tokens of API clients: made, checked, revoked."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db.models import Q
from django.utils import timezone

from chat import models
from chat.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from chat.domain.text import clean_line
from chat.services._record import write_transaction
from chat.services._revoke import revoke

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
) -> tuple[models.ApiToken, str]:
    """A new token of `person` and its text, which is shown this once. Raises Forbidden, Invalid."""
    if actor.pk != person.pk and not actor.has_perm("chat.add_apitoken"):
        raise Forbidden()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid(fields={"scopes": f"Some of {', '.join(SCOPES)}."})
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(fields={"expires_at": "A time to come."})
    plain = PREFIX + secrets.token_urlsafe(32)
    with write_transaction():
        token = models.ApiToken.objects.create(
            user_id=person.pk,
            name=clean_line(name, name="name", longest=80),
            digest=_digest(plain),
            scopes=sorted(set(scopes)),
            created_at=timezone.now(),
            expires_at=expires_at,
        )
    return token, plain


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
        Q(expires_at=None) | Q(expires_at__gt=now), digest__in=texts, revoked_at=None, user__is_active=True
    )
    found = {texts[token.digest]: token for token in valid.select_related("user__profile")}
    fresh = now - USE_NOTED_EVERY
    unnoted = [token.pk for token in found.values() if token.last_used_at is None or token.last_used_at <= fresh]
    if unnoted:
        with write_transaction():
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


def token_credential(token: models.ApiToken) -> str:
    """Names a token where sockets remember what they were opened with."""
    return f"token:{token.pk}"


def tokens_of(person: AbstractUser) -> list[models.ApiToken]:
    """The person's tokens that were not revoked, newest first."""
    return list(models.ApiToken.objects.filter(user=person.pk, revoked_at=None).order_by("-pk"))


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()

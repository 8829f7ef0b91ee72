"""Where people are signed in: begun, seen, ended."""

import hashlib
import re
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.models import Session
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone

from chat import models
from chat.domain.errors import NotFound
from chat.services._record import write_transaction
from chat.services._revoke import revoke

KEY = re.compile(r"[a-z0-9]{32}")
SEEN_EVERY = timedelta(minutes=10)
LONGEST_AGENT = 200

_noted = LocMemCache("sessions", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
"""Sessions that this process noted a short while ago."""


def begin_session(*, person: AbstractUser, session_key: str, user_agent: str, address: str) -> None:
    """Remembers where a session is from, for its person to know it again; forgets those that ended by themselves."""
    now = timezone.now()
    ended = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    seen = {"user_agent": _agent(user_agent), "address": address, "seen_at": now}
    with write_transaction():
        models.UserSession.objects.filter(user=person.pk, seen_at__lt=ended).delete()
        models.UserSession.objects.update_or_create(
            session_key=session_key,
            defaults={"user_id": person.pk, **seen},
            create_defaults={"user_id": person.pk, "begun_at": now, **seen},
        )
    _noted.set(session_credential(session_key), True, SEEN_EVERY.total_seconds())


def note_session(*, session_key: str, user_agent: str, address: str) -> None:
    """Notes, once in a while, that a session was used and from where. A made-up key costs one look and no write."""
    if not KEY.fullmatch(session_key) or not _noted.add(
        session_credential(session_key), True, SEEN_EVERY.total_seconds()
    ):
        return
    rows = models.UserSession.objects.filter(session_key=session_key)
    if rows.exists():
        with write_transaction():
            rows.update(user_agent=_agent(user_agent), address=address, seen_at=timezone.now())


def end_session(*, person: AbstractUser, session_key: str) -> None:
    """Forgets a session that was signed out, and closes the sockets that were opened with it."""
    with write_transaction():
        _end(person.pk, session_key)


def sign_out_there(*, actor: AbstractUser, session_id: int) -> None:
    """Ends another session of the actor, its sockets within a moment. Raises NotFound for one that is not theirs."""
    with write_transaction():
        found = models.UserSession.objects.filter(pk=session_id, user=actor.pk).first()
        if found is None:
            raise NotFound("There is no such session.")
        _end(actor.pk, found.session_key)


def end_all_sessions(user_id: int) -> None:
    """Within a use case: ends all sessions of a person, each with its sockets."""
    for key in models.UserSession.objects.filter(user=user_id).values_list("session_key", flat=True):
        _end(user_id, key)


def forget_all_sessions(user_id: int) -> None:
    """Within a use case that revokes all credentials of a person anyway: their sessions are no more."""
    sessions = models.UserSession.objects.filter(user=user_id)
    Session.objects.filter(session_key__in=list(sessions.values_list("session_key", flat=True))).delete()
    sessions.delete()


def session_credential(session_key: str) -> str:
    """Names a session without giving it away."""
    return "session:" + hashlib.sha256(session_key.encode()).hexdigest()[:32]


def _end(user_id: int, session_key: str) -> None:
    Session.objects.filter(session_key=session_key).delete()
    models.UserSession.objects.filter(session_key=session_key).delete()
    revoke(user_id, session_credential(session_key))


def _agent(text: str) -> str:
    return text[:LONGEST_AGENT].encode("utf-8", "replace").decode()

"""People, and who is behind a credential."""

from typing import cast

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from chat.domain import shapes
from chat.domain.text import FORBIDDEN
from chat.queries.access import Viewer
from chat.queries.shapes import person_shape


def find(viewer: Viewer, *, text: str = "", after: str = "", limit: int = 50) -> list[shapes.Person]:
    """Active people behind the username `after` whose username or name contains `text`, by username.

    None for who is not signed in.
    """
    if not viewer.is_active or FORBIDDEN.search(text):
        return []
    people = get_user_model()._default_manager.filter(is_active=True, username__gt=after).select_related("profile")
    if text:
        people = people.filter(Q(username__icontains=text) | Q(profile__display_name__icontains=text))
    return [person_shape(cast(AbstractUser, user)) for user in people.order_by("username")[:limit]]


def person_of_session(session_key: str) -> AbstractUser | None:
    """Whose session this is, or None: unknown, expired, or older than the password.

    Unlike Django's own look-up it writes nothing: a socket cannot hand the browser the cookie of a rotated session.
    A key from SECRET_KEY_FALLBACKS is still good here.
    """
    if FORBIDDEN.search(session_key):
        return None
    session = SessionStore(session_key)
    user_id, digest = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY)
    if not user_id or not digest or BACKEND_SESSION_KEY not in session:
        return None
    users = get_user_model()._default_manager.select_related("profile")
    user = cast(AbstractUser | None, users.filter(pk=user_id, is_active=True).first())
    if user is None:
        return None
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(digest, each) for each in known) else None

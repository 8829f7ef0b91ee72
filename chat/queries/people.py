"""People, and who is behind a credential."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, cast

from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat import models
from chat.domain import shapes
from chat.domain.errors import NotFound
from chat.domain.text import FORBIDDEN, findable
from chat.models import Membership
from chat.queries.access import Viewer, admitted, is_guest
from chat.queries.shapes import person_shape


def find(viewer: Viewer, *, text: str = "", after: str = "", limit: int = 50) -> list[shapes.Person]:
    """Active people behind the username `after` whose username or name contains `text`, by username.

    None for who is not signed in; for a guest of the house only those who share a room with them.
    """
    if not viewer.is_active or FORBIDDEN.search(text + after):
        return []
    people = get_user_model()._default_manager.filter(is_active=True, username__gt=after).select_related("profile")
    if is_guest(viewer):
        rooms = Membership.objects.filter(user=viewer.pk).values("room")
        people = people.filter(pk__in=Membership.objects.filter(room__in=rooms).values("user"))
    if text:
        people = people.filter(Q(username__icontains=text) | Q(profile__display_name__icontains=text))
    return [person_shape(cast(AbstractUser, user)) for user in people.order_by("username")[:limit]]


def named(username: str) -> AbstractUser:
    """The person with this username. Raises NotFound."""
    found = get_user_model()._default_manager.filter(username=findable(username)).first()
    if found is None:
        raise NotFound("There is no such person.")
    return cast(AbstractUser, found)


class Profile(NamedTuple):
    """What somebody has told of themselves."""

    display_name: str
    status: str
    time_zone: str


def profile_of(viewer: AbstractUser) -> Profile:
    """The viewer's own, as they may change it."""
    row = models.Profile.objects.filter(user=viewer.pk).first()
    return Profile(row.display_name, row.status, row.time_zone) if row else Profile(viewer.get_username(), "", "")


def statuses(people: Collection[shapes.Person]) -> dict[int, str]:
    """The status of those who have one, by id."""
    rows = models.Profile.objects.filter(user__in=[each.id for each in people]).exclude(status="")
    return dict(rows.values_list("user_id", "status"))


def has_second_factor(viewer: AbstractUser) -> bool:
    """Whether signing in as this person takes more than the password."""
    return bool(Authenticator.objects.filter(user=viewer.pk, type=Authenticator.Type.TOTP).exists())


class Session(NamedTuple):
    """A valid session: whose it is and when it ends."""

    user: AbstractUser
    expires_at: datetime


def people_of_sessions(session_keys: Collection[str]) -> dict[str, Session]:
    """Whose sessions these are, by key; absent are unknown ones, expired ones, and those older than the password.

    Unlike Django's own look-up it writes nothing: a socket cannot hand the browser the cookie of a rotated session.
    A key from SECRET_KEY_FALLBACKS is still good here.
    """
    keys = [key for key in session_keys if not FORBIDDEN.search(key)]
    store = SessionStore()
    rows = store.model.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {row.session_key: (store.decode(row.session_data), row.expire_date) for row in rows}
    wanted = {data.get(SESSION_KEY) for data, _ in sessions.values()} - {None}
    users = admitted(get_user_model()._default_manager.select_related("profile")).in_bulk(list(wanted))
    found: dict[str, Session] = {}
    for key, (data, expires_at) in sessions.items():
        user = cast(AbstractUser | None, users.get(int(data.get(SESSION_KEY, 0))))
        if user is not None and _signed_by(user, data):
            found[key] = Session(user, expires_at)
    return found


def _signed_by(user: AbstractUser, session: dict[str, Any]) -> bool:
    digest = session.get(HASH_SESSION_KEY, "")
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return BACKEND_SESSION_KEY in session and any(constant_time_compare(digest, each) for each in known)

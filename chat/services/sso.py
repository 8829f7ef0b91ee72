"""Accounts of people who come by single sign-on."""

import re
from collections.abc import Iterator
from itertools import chain, count, filterfalse

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from chat.domain.errors import Conflict
from chat.services.accounts import make_new_person

OTHER = re.compile(r"[^a-z0-9_.-]+")
LONGEST = 32
ROOM_FOR_NUMBER = 6


def make_account(*, username: str, display_name: str = "") -> AbstractUser:
    """A new account without a password, by the free name that is nearest to the wanted one."""
    taken = get_user_model()._default_manager.filter(username__startswith=_fit(username))
    names = set(taken.values_list("username", flat=True))
    while True:
        name = next(filterfalse(names.__contains__, _candidates(username)))
        try:
            return make_new_person(username=name, display_name=_shown(display_name) or name)
        except Conflict:  # somebody was quicker
            names.add(name)


def _candidates(username: str) -> Iterator[str]:
    fit = _fit(username)
    return chain([fit], map(f"{fit}{{}}".format, count(2)))


def _fit(username: str) -> str:
    name = OTHER.sub("-", username.strip().lower())[: LONGEST - ROOM_FOR_NUMBER]
    return name.strip("._-") or "person"


def _shown(display_name: str) -> str:
    printable = "".join(sign for sign in display_name if sign.isprintable())
    return printable.strip()[:80]

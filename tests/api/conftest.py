"""The cast before the API."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from tests.api.caller import PASSWORD
from tests.world import World, build, limit_sends


@pytest.fixture(autouse=True)
def _no_password_was_tried() -> None:
    cache.clear()


@pytest.fixture
def cast(db: None, settings: Any) -> World:
    """The cast in a transaction that is undone: fast, but no message can be posted, which takes another thread."""
    limit_sends(settings, burst=100_000)
    return build()


@pytest.fixture
def ben(cast: World) -> User:
    """Ben, who has a password."""
    cast.ben.set_password(PASSWORD)
    cast.ben.save()
    return cast.ben

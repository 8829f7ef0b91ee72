"""People in front of pages."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from tests.world import World

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _nothing_was_tried() -> None:
    """No limit remembers the test before."""
    cache.clear()


@pytest.fixture
def browser() -> Browser:
    """A browser in which this person is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def anna(world: World, browser: Browser) -> Client:
    return browser(world.anna)


def page_data(answer: Any) -> dict[str, Any]:
    """What the page hands to its script."""
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', text(answer), re.DOTALL)
    assert found, "the page has no data"
    return dict(json.loads(found[1]))


def text(answer: Any) -> str:
    return str(answer.content.decode())

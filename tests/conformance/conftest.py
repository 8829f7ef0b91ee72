"""The chats that the promises are shown by: from outside only, behind a balancer that sends everyone anywhere."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.inhabited import Chat, StartInhabited, starting_chats
from tests.servers.fleet import Fleet

SELDOM = 12
"""Seconds between two checks of the positions where events must come by hints. One hint may be lost on a busy machine,
many of them may not."""


@pytest.fixture(scope="session")
def chat_of_four(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Four servers of one installation on PostgreSQL and Redis behind a balancer; leave them running."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(kind=Fleet, workers=4)


@pytest.fixture(scope="session")
def chat_by_hints(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Such a fleet where positions are checked seldom: what one server knows of another came over Redis."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(kind=Fleet, workers=4, PARLEY_POSITION_CHECK_SECONDS=f"{SELDOM}")


@pytest.fixture
def start_fleet(start_chat: StartInhabited) -> StartInhabited:
    """Starts such fleets for one test alone: `start_fleet(redis=own_redis, PARLEY_SEND_BURST="10")`."""
    return partial(start_chat, kind=Fleet, workers=4)

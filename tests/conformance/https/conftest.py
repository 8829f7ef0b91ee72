"""The fleet behind the project's own proxy and TLS, for a few promises in every run; `make prove` shows all so."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.inhabited import Chat, starting_chats
from tests.servers.fleet import Fleet


@pytest.fixture(scope="package")
def chat_of_four(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    """Four servers behind nginx, reached by https and wss; leave them running."""
    for start in starting_chats(request, tmp_path_factory):
        yield start(kind=partial(Fleet, through="tls"), workers=4)


@pytest.fixture
def any_chat(chat_of_four: Chat) -> Chat:
    """These alone."""
    return chat_of_four

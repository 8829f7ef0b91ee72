from functools import partial

import pytest

from chat.realtime import turns
from tests.servers.fixtures import starting

TINY = {"DJANGO_SETTINGS_MODULE": "tests.realtime.tiny_settings"}


@pytest.fixture
def tiny_server(chat_server):
    """Starts servers that serve `tiny_app.py` in the chat's place."""
    return partial(chat_server, **TINY)


@pytest.fixture(autouse=True)
def _without_rest(monkeypatch):
    """A crowd's turns follow one another at once, so that nothing here depends on how fast the machine is."""
    monkeypatch.setattr(turns, "REST", 0)


@pytest.fixture(scope="module")
def tiny(request, tmp_path_factory):
    """Such a server that the tests of one file share; leave it running."""
    for start in starting(request, tmp_path_factory, sqlite="migrated_sqlite", postgres="migrated_postgres"):
        yield start(**TINY)

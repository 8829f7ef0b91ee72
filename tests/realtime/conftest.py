import pytest

from chat.realtime import turns


@pytest.fixture
def tiny_server(chat_server):
    """Starts servers that serve `tiny_app.py` in the chat's place."""

    def start(**options):
        return chat_server(DJANGO_SETTINGS_MODULE="tests.realtime.tiny_settings", **options)

    return start


@pytest.fixture(autouse=True)
def _without_rest(monkeypatch):
    """A crowd's turns follow one another at once, so that nothing here depends on how fast the machine is."""
    monkeypatch.setattr(turns, "REST", 0)

import pytest


@pytest.fixture
def tiny_server(chat_server):
    """Starts servers that serve `tiny_app.py` in the chat's place."""

    def start(**options):
        return chat_server(DJANGO_SETTINGS_MODULE="tests.realtime.tiny_settings", **options)

    return start

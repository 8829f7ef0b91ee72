"""The wiring: what happens without anybody's asking."""

from django.contrib.auth import logout
from django.test import Client, RequestFactory

from chat import bus, models
from chat.domain.news import Revoked
from chat.services.sessions import session_credential


def test_the_installation_has_its_row_from_the_first_migration(transactional_db):
    assert models.Installation.objects.get().pk == 1


def test_signing_out_anywhere_ends_the_sockets_of_that_session(world):
    client = Client()
    client.force_login(world.ben)
    key = client.session.session_key
    with bus.capture() as news:
        client.logout()
    assert news == [Revoked(1, world.ben.pk, session_credential(key))]


def test_signing_out_of_nothing_ends_nothing(world):
    request = RequestFactory().get("/")
    request.session = Client().session
    with bus.capture() as news:
        logout(request)
    assert news == []

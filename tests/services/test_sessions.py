"""Where people are signed in: listed, seen, ended there."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat import bus, models
from chat.domain.errors import NotFound
from chat.domain.news import Revoked
from chat.queries.sessions import device, sessions_of
from chat.services import accounts, sessions
from tests.world import administrator, fresh

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


def sign_in(person, agent=PHONE, address="192.0.2.7"):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.force_login(person)
    noted_anew(client)
    return client


def key(client):
    return client.session.session_key


def listed(person, current=""):
    return sessions_of(person, current=current)


def noted_anew(client):
    sessions._noted.delete(sessions.session_credential(key(client)))
    client.get("/")


def test_signing_in_anywhere_is_listed_with_the_own_session_first(world):
    here = sign_in(world.ben)
    sign_in(world.ben, agent="parley-client/0.1", address="192.0.2.8")
    noted_anew(here)
    shown = listed(world.ben, current=key(here))
    assert [(each.device, each.current) for each in shown] == [("Safari on iPhone", True), ("parley-client", False)]
    assert shown[0].address == "192.0.2.7"
    assert listed(world.anna) == []


def test_a_session_that_moves_is_seen_where_it_is_now(world):
    client = sign_in(world.ben)
    client.defaults["REMOTE_ADDR"] = "198.51.100.9"
    client.get("/")
    before = models.UserSession.objects.get().seen_at
    noted_anew(client)
    row = models.UserSession.objects.get()
    assert row.address == "198.51.100.9" and row.seen_at > before


def test_a_page_does_not_fail_with_its_note(world, monkeypatch):
    client = sign_in(world.ben)
    monkeypatch.setattr(sessions, "write_transaction", _unavailable)
    noted_anew(client)


def _unavailable():
    raise NotFound


@pytest.mark.parametrize("cookie", ["x", "a\0b", "é" * 32, "a" * 32, "a" * 5000], ids=ascii)
def test_a_made_up_cookie_is_no_reason_to_write(world, monkeypatch, cookie):
    monkeypatch.setattr(sessions, "write_transaction", lambda: pytest.fail("wrote"))
    sessions.note_session(session_key=cookie, user_agent="", address="")


def test_sessions_that_ended_by_themselves_are_forgotten(world):
    sign_in(world.ben)
    long_ago = timezone.now() - timedelta(days=31)
    models.UserSession.objects.update(seen_at=long_ago)
    sign_in(world.anna)
    assert models.UserSession.objects.count() == 2
    sign_in(world.ben)
    assert not models.UserSession.objects.filter(seen_at=long_ago).exists()


def test_a_session_that_is_signed_out_there_is_worth_nothing_and_its_sockets_end(world):
    here, there = sign_in(world.ben), sign_in(world.ben)
    [other] = [each for each in listed(world.ben, current=key(here)) if not each.current]
    lost = key(there)
    with bus.capture() as news:
        sessions.sign_out_there(actor=world.ben, session_id=other.id)
    assert [(each.user_id, each.credential) for each in news] == [(world.ben.pk, sessions.session_credential(lost))]
    assert there.get("/browse/").status_code == 302
    assert here.get("/browse/").status_code == 200
    assert not Session.objects.filter(session_key=lost).exists()


def test_nobody_signs_another_out(world):
    sign_in(world.ben)
    row = models.UserSession.objects.get()
    with pytest.raises(NotFound):
        sessions.sign_out_there(actor=world.anna, session_id=row.pk)
    assert models.UserSession.objects.filter(pk=row.pk).exists()


def test_another_password_ends_every_session_and_all_their_sockets(world):
    clients = [sign_in(world.ben), sign_in(world.ben)]
    credentials = {sessions.session_credential(key(client)) for client in clients}
    with bus.capture() as news:
        accounts.change_password(person=fresh(world.ben), password="a harbour at night")
    assert {each.credential for each in news if isinstance(each, Revoked)} == credentials
    assert fresh(world.ben).check_password("a harbour at night")
    assert [client.get("/browse/").status_code for client in clients] == [302, 302]


def test_nobody_who_is_gone_gets_a_password(world):
    with pytest.raises(NotFound):
        accounts.change_password(person=type(world.ben)(pk=10**6), password="x")


def test_a_closed_account_that_is_opened_again_is_signed_in_nowhere(world):
    client, root = sign_in(world.ben), administrator()
    accounts.deactivate(actor=root, person=world.ben)
    accounts.activate(actor=root, person=world.ben)
    assert client.get("/browse/").status_code == 302
    assert listed(world.ben) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("", "Unknown device"),
        ("curl/8.5.0", "curl"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 Firefox/130.0", "Firefox"),
        ("\ud800", "?"),
    ],
    ids=ascii,
)
def test_a_device_is_named_shortly(world, agent, name):
    assert device(sessions._agent(agent)) == name

"""Invites, closed doors, lost passwords, and nobody found out."""

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from chat.services import invites
from chat.services.accounts import change_email, change_password
from chat.services.installation import change_installation
from tests.web.conftest import text
from tests.world import World, administrator, fresh

PASSWORD = "harbour-light-9"
FORM = {"username": "mona", "password": PASSWORD}


@pytest.fixture
def mails(settings: object) -> None:
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = True, "optional"


@pytest.fixture
def ben(world: World) -> User:
    change_email(person=world.ben, email="ben@example.org")
    return fresh(world.ben)


def link_in(message: mail.EmailMessage) -> str:
    return next(word for word in message.body.split() if "/reset/" in word).partition("testserver")[2]


def choose(client: Client, link: str, password: str = PASSWORD):
    form = client.get(link, follow=True)
    path = form.request["PATH_INFO"]
    return client.post(path, {"password1": password, "password2": password}, follow=True)


def test_an_invite_link_leads_in_where_the_door_is_closed_to_others(world: World, client: Client) -> None:
    root = administrator()
    change_installation(actor=root, sign_up="invite")
    _, code = invites.create_invite(actor=root)
    assert client.get("/sign-up/").status_code == 403
    assert "Make an account" not in text(client.get("/sign-in/"))
    assert "Make an account" in text(client.get(f"/invite/{code}/"))
    assert client.post(f"/invite/{code}/", FORM).headers["Location"] == "/"
    assert User.objects.get(username="mona").check_password(PASSWORD)
    spent = Client().get(f"/invite/{code}/")
    assert spent.status_code == 403 and "not valid any more" in text(spent)


def test_who_was_slower_is_told_that_the_link_is_spent(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = administrator()
    _, code = invites.create_invite(actor=root)
    monkeypatch.setattr("chat.services.invites.may_sign_up", lambda code="": True)
    client.post(f"/invite/{code}/", FORM)
    late = Client().post(f"/invite/{code}/", FORM | {"username": "gwen"})
    assert "not valid any more" in text(late)


def test_an_address_given_at_sign_up_is_asked_by_mail(world: World, client: Client, mails: None) -> None:
    client.post("/sign-up/", FORM | {"email": "mona@example.org"})
    assert [message.to for message in mail.outbox] == [["mona@example.org"]]
    assert client.get("/browse/").status_code == 200


def test_a_mailed_link_gives_a_new_password_once(ben: User, client: Client, mails: None) -> None:
    client.post("/reset/", {"email": "BEN@example.org"})
    [message] = mail.outbox
    assert message.to == ["ben@example.org"]
    assert "Your password is changed" in text(choose(client, link_in(message)))
    assert fresh(ben).check_password(PASSWORD)
    assert "not valid any more" in text(Client().get(link_in(message), follow=True))


def test_known_and_unknown_addresses_are_answered_alike_and_both_get_mail(
    ben: User, client: Client, mails: None
) -> None:
    answers = [client.post("/reset/", {"email": email}, follow=True) for email in ("ben@example.org", "no@example.org")]
    assert text(answers[0]) == text(answers[1])
    assert [message.to for message in mail.outbox] == [["ben@example.org"], ["no@example.org"]]
    assert "/reset/" not in mail.outbox[1].body


def test_nobody_is_mailed_without_end(world: World, client: Client, mails: None, settings: object) -> None:
    settings.PARLEY = {**settings.PARLEY, "MAILS_PER_RECIPIENT": "2/day"}
    answers = [client.post("/reset/", {"email": "ben@example.org"}).status_code for _ in range(3)]
    assert answers == [302, 302, 429]
    assert len(mail.outbox) == 2


def test_without_mail_one_is_told_whom_to_ask(world: World, client: Client) -> None:
    assert "Ask an administrator" in text(client.get("/reset/"))
    assert client.post("/reset/", {"email": "ben@example.org"}).status_code == 404


def test_who_resets_while_signed_in_is_signed_out_first(ben: User, client: Client, mails: None) -> None:
    client.force_login(ben)
    client.post("/reset/", {"email": "ben@example.org"})
    assert choose(client, link_in(mail.outbox[0])).status_code == 200
    assert client.get("/browse/").status_code == 302


def test_a_wrong_name_a_wrong_password_and_a_wrong_address_look_alike(ben: User, client: Client) -> None:
    change_password(person=ben, password=PASSWORD)
    for login in ("ben", "nobody", "ben@example.org", "nobody@example.org"):
        assert "do not fit together" in text(client.post("/sign-in/", {"login": login, "password": "wrong"}))

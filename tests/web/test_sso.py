"""Single sign-on: the whole way to a real provider and back."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from chat.services import rooms
from chat.services.accounts import change_email
from config import sso
from tests.servers.oidc import CLIENT_ID, SECRET, Provider
from tests.web.conftest import Browser, text
from tests.world import World

MONA = {
    "sub": "77",
    "preferred_username": "Mona",
    "name": "Mona Okafor",
    "email": "mona@example.org",
    "email_verified": True,
}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: Provider, settings: object) -> Provider:
    running.person, running.refuses = dict(MONA), False
    settings.SOCIALACCOUNT_PROVIDERS = sso.providers(
        url=running.url, name="Harbour", client_id=CLIENT_ID, secret=SECRET
    )
    return running


def leave(client: Client, path: str = "/sso/sso/?process=login") -> str:
    """Goes to the provider; the address by which it sends the browser back."""
    there = client.post(path).headers["Location"]
    return httpx.get(there).headers["Location"].partition("testserver")[2]


def come(client: Client, path: str = "/sso/sso/?process=login"):
    return client.get(leave(client, path))


def test_the_page_for_signing_in_offers_it(world: World, client: Client, provider: Provider) -> None:
    assert "Sign in with Harbour" in text(client.get("/sign-in/"))
    assert "Go to Harbour" in text(client.get("/sso/sso/"))


def test_who_comes_for_the_first_time_gets_an_account(world: World, client: Client, provider: Provider) -> None:
    rooms.ensure_lobby()
    assert come(client).headers["Location"] == "/"
    mona = User.objects.get(username="mona")
    assert mona.profile.display_name == "Mona Okafor" and not mona.has_usable_password()
    assert EmailAddress.objects.get(user=mona).verified
    assert "Mona Okafor" in text(client.get("/rooms/general/"))


def test_who_comes_again_is_the_same_person_also_where_sign_up_is_closed(
    world: World, provider: Provider, settings: object
) -> None:
    settings.PARLEY = {**settings.PARLEY, "SIGN_UP": "closed"}
    for _ in range(2):
        client = Client()
        come(client)
        assert client.get("/browse/").status_code == 200
    assert User.objects.filter(username__startswith="mona").count() == 1


def test_an_equal_name_or_address_takes_no_account_over(world: World, client: Client, provider: Provider) -> None:
    change_email(person=world.anna, email="anna@example.org")
    EmailAddress.objects.filter(user=world.anna).update(verified=True)
    provider.person |= {"preferred_username": "anna", "email": "anna@example.org"}
    come(client)
    assert client.get("/").wsgi_request.user.username == "anna2"
    assert not SocialAccount.objects.filter(user=world.anna).exists()
    assert EmailAddress.objects.get(email="anna@example.org", verified=True).user == world.anna


def test_who_has_an_account_connects_and_disconnects_it(world: World, browser: Browser, provider: Provider) -> None:
    world.anna.set_password("harbour-light-9")
    world.anna.save()
    anna = browser(world.anna)
    assert "Connect with Harbour" in text(anna.get("/settings/security/sso/"))
    answer = come(anna, "/sso/sso/?process=connect")
    if answer.headers["Location"].startswith("/confirm/"):
        answer = anna.post(answer.headers["Location"], {"password": "harbour-light-9"})
    account = SocialAccount.objects.get(user=world.anna)
    later = Client()
    come(later)
    assert later.get("/").wsgi_request.user == world.anna
    assert "Disconnect" in text(anna.get("/settings/security/sso/"))
    anna.post("/settings/security/sso/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_who_stops_on_the_way_is_not_signed_in(world: World, client: Client, provider: Provider) -> None:
    provider.refuses = True
    answer = client.get(leave(client), follow=True)
    assert "Not signed in" in text(answer)
    assert client.get("/browse/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_worth_nothing(world: World, client: Client, provider: Provider) -> None:
    """Else somebody could sign a visitor in to an account that is not theirs."""
    back = leave(Client())
    assert client.get(back).status_code == 401
    assert not User.objects.filter(username="mona").exists()


def test_a_code_is_worth_nothing_to_another_browser_or_twice(world: World, client: Client, provider: Provider) -> None:
    back = leave(client)
    assert "code_challenge" in parse_qs(urlsplit(client.post("/sso/sso/").headers["Location"]).query)
    client.get(back)
    client.logout()
    assert client.get(back).status_code == 401


def test_a_provider_that_is_away_is_said_to_be(world: World, client: Client, provider: Provider) -> None:
    back = leave(client)
    provider.grants.clear()
    answer = client.get(back)
    assert answer.status_code == 401 and "This did not work" in text(answer)


def test_the_policy_lets_the_form_lead_there_and_nowhere_else() -> None:
    found = sso.providers(url="https://id.example.org/realms/harbour", name="x", client_id="x", secret="x")
    assert sso.origins(found) == ["https://id.example.org"]
    assert sso.origins(sso.providers(url="", name="", client_id="", secret="")) == []

"""Signing up, in and out, and setting up."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.services.installation import setup_code
from tests.web.conftest import Browser, text
from tests.world import World, administrator

PASSWORD = "harbour-light-9"
FORM = {"username": "mona", "display_name": "Mona Okafor", "password": PASSWORD}


def test_whoever_signs_up_is_in(world: World, client: Client) -> None:
    answer = client.post("/sign-up/", FORM, follow=True)
    assert answer.status_code == 200
    assert "Mona Okafor" in text(answer)
    assert User.objects.get(username="mona").profile.display_name == "Mona Okafor"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"username": "anna"}, "taken"),
        ({"username": "an na"}, "letters"),
        ({"username": ""}, "required"),
        ({"password": "short"}, "too short"),
        ({"username": "mona.okafor", "password": "mona.okafor1"}, "too similar"),
        ({"display_name": "\x00"}, "Null characters"),
        ({"display_name": "x" * 81}, "at most 80"),
    ],
)
def test_unfit_sign_ups_are_told_why(world: World, client: Client, changes: dict[str, str], reason: str) -> None:
    before = User.objects.count()
    answer = client.post("/sign-up/", FORM | changes)
    assert reason in text(answer)
    assert User.objects.count() == before


def test_where_sign_up_is_closed_there_is_no_way_in(world: World, client: Client, settings: object) -> None:
    settings.PARLEY = {**settings.PARLEY, "SIGN_UP": "closed"}
    assert client.get("/sign-up/").status_code == 403
    assert client.post("/sign-up/", FORM).status_code == 403
    assert not User.objects.filter(username="mona").exists()
    assert "Make an account" not in text(client.get("/sign-in/"))


def test_signing_in_takes_the_name_in_any_case_and_leads_on(world: World, client: Client) -> None:
    world.anna.set_password(PASSWORD)
    world.anna.save()
    answer = client.post("/sign-in/?next=/browse/", {"login": " Anna ", "password": PASSWORD, "next": "/browse/"})
    assert answer.headers["Location"] == "/browse/"
    User.objects.create_user("Chief", password=PASSWORD)
    assert Client().post("/sign-in/", {"login": "Chief", "password": PASSWORD}).status_code == 302
    wrong = Client().post("/sign-in/", {"login": "anna", "password": "wrong"})
    assert "do not fit together" in text(wrong)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere(world: World, client: Client, target: str) -> None:
    answer = client.post("/sign-up/", FORM | {"next": target})
    assert answer.headers["Location"] == "/"


def test_signing_out_takes_a_form(world: World, anna: Client) -> None:
    assert anna.get("/sign-out/").status_code == 405
    assert anna.get("/browse/").status_code == 200
    anna.post("/sign-out/")
    assert anna.get("/browse/").headers["Location"] == "/sign-in/?next=/browse/"


@pytest.mark.parametrize(
    "path", ["/", "/rooms/harbour/", "/rooms/nothing/", "/browse/", "/new/", "/people/", "/settings/"]
)
def test_strangers_are_asked_to_sign_in_wherever_they_knock(world: World, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/?next={path}"


def test_the_set_up_link_makes_the_admin_and_signs_them_in(transactional_db: None, client: Client) -> None:
    link = f"/setup/{setup_code()}/"
    assert "not been set up" in text(client.get("/sign-in/"))
    assert "Make the admin account" in text(client.get(link))
    assert client.post(link, FORM).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert "not been set up" not in text(Client().get("/sign-in/"))


def test_the_set_up_link_works_once(transactional_db: None) -> None:
    link = f"/setup/{setup_code()}/"
    Client().post(link, FORM)
    late = Client().post(link, FORM | {"username": "eve"})
    assert late.status_code == 409
    assert "Sign in instead" in text(late)
    assert not User.objects.filter(username="eve").exists()


def test_the_second_of_two_racing_visitors_is_told_so(
    transactional_db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saw the form; the service decides under its lock."""
    monkeypatch.setattr("chat.web.views.accounts.has_admin", lambda: False)
    administrator()
    answer = client.post(f"/setup/{setup_code()}/", FORM)
    assert "set up already" in text(answer)
    assert not User.objects.filter(username="mona").exists()


def test_a_guessed_set_up_code_leads_nowhere(transactional_db: None, client: Client) -> None:
    for code in ("guess", "0" * 32):
        assert client.get(f"/setup/{code}/").status_code == 404
        assert client.post(f"/setup/{code}/", FORM).status_code == 404
    assert not User.objects.exists()


def test_settings_change_the_name_for_all_and_the_colours_here(world: World, browser: Browser) -> None:
    anna = browser(world.anna)
    assert anna.post("/settings/", {"display_name": "Anna B.", "theme": "dark", "accent": "plum"}).status_code == 302
    assert '<html lang="en" data-theme="dark" data-accent="plum">' in text(anna.get("/settings/"))
    assert "Anna B." in text(browser(world.ben).get("/rooms/harbour/"))
    assert "One line only" in text(anna.post("/settings/", {"display_name": "a\tb", "theme": ""}))


def test_a_forged_theme_is_no_theme(world: World, anna: Client) -> None:
    anna.cookies["theme"] = anna.cookies["accent"] = '"><script>'
    assert '<html lang="en">' in text(anna.get("/settings/"))

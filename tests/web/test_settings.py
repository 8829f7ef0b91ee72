"""The pages of one's settings, in front of somebody who uses them."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from chat import models
from chat.queries.people import has_second_factor
from tests.services.test_pictures import drawing
from tests.web.conftest import Browser, text
from tests.world import World, fresh

PASSWORD = "harbour-light-9"


@pytest.fixture
def uploads(settings: object, tmp_path: Path) -> None:
    settings.UPLOADS = tmp_path


@pytest.fixture
def mails(settings: object) -> None:
    settings.HAS_MAIL, settings.ACCOUNT_EMAIL_VERIFICATION = True, "optional"


@pytest.fixture
def ben(world: World) -> Client:
    """Ben's browser, in which he has signed in by his password."""
    world.ben.set_password(PASSWORD)
    world.ben.save()
    return sign_in(Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"))


def sign_in(client: Client, login: str = "ben", password: str = PASSWORD) -> Client:
    client.post("/sign-in/", {"login": login, "password": password})
    return client


def confirmed(client: Client, path: str, data: dict[str, str] | None = None):
    """What a page answers that wants to see the password once more."""
    answer = client.get(path) if data is None else client.post(path, data)
    assert answer.headers["Location"].startswith("/confirm/?next=")
    return client.post(answer.headers["Location"], {"password": PASSWORD}, follow=True)


def code(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def second_factor(ben: Client) -> str:
    """Switches it on; its secret."""
    form = confirmed(ben, "/settings/security/two-factor/").context["form"]
    ben.post("/settings/security/two-factor/", {"code": code(form.secret)})
    return form.secret


# --- Profile ----------------------------------------------------------------------------------------------------------


def test_a_profile_is_changed_and_times_are_shown_in_its_zone(world: World, ben: Client) -> None:
    form = {"display_name": "Ben", "status": "At sea", "time_zone": "Pacific/Auckland", "theme": "dark"}
    assert "Saved." in text(ben.post("/settings/", form, follow=True))
    assert 'data-theme="dark"' in text(ben.get("/settings/"))
    assert fresh(world.ben).profile.time_zone == "Pacific/Auckland"
    assert "valid choice" in text(ben.post("/settings/", form | {"time_zone": "Mars/Base"}))
    assert "At sea" in text(sign_in_as(world.anna).get("/people/"))


def sign_in_as(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_picture_is_seen_by_who_is_signed_in_and_can_do_nothing(world: World, ben: Client, uploads: None) -> None:
    ben.post("/settings/picture/", {"picture": drawing()})
    address = f"/pictures/{fresh(world.ben).profile.picture}"
    assert f'<img src="{address}"' in text(sign_in_as(world.anna).get("/people/"))
    answer = ben.get(address)
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in answer.headers["Cache-Control"]
    assert Client().get(address).status_code == 302
    assert ben.get("/pictures/passwd").status_code == 404
    ben.post("/settings/picture/", {"remove": "yes"})
    assert ben.get(address).status_code == 404


def test_what_is_no_picture_is_refused_in_words(world: World, ben: Client, uploads: None) -> None:
    assert "not a PNG" in text(ben.post("/settings/picture/", {"picture": io.BytesIO(b"<svg onload=alert(1)>")}))
    assert "required" in text(ben.post("/settings/picture/", {}))


# --- Address ----------------------------------------------------------------------------------------------------------


def test_where_no_mail_is_sent_an_address_is_noted_after_the_password(world: World, ben: Client) -> None:
    answer = confirmed(ben, "/settings/account/", {"email": "Ben@example.org", "action_add": "yes"})
    assert "Saved." in text(answer)
    assert fresh(world.ben).email == "ben@example.org"
    assert "ben@example.org" in text(ben.get("/settings/account/"))
    assert sign_in(Client(), "BEN@example.org").get("/browse/").status_code == 200


def test_another_address_counts_once_its_link_was_followed(world: World, ben: Client, mails: None) -> None:
    page = confirmed(ben, "/settings/account/", {"email": "ben@example.org", "action_add": "yes"})
    assert "has not been confirmed yet" in text(page)
    [message] = mail.outbox
    assert message.subject.startswith("[Parley]")
    link = next(word for word in message.body.split() if "/confirm-email/" in word).partition("testserver")[2]
    assert "Is <b>ben@example.org</b> yours" in text(Client().get(link))
    Client().post(link)
    assert fresh(world.ben).email == "ben@example.org"
    assert EmailAddress.objects.get(user=world.ben).verified
    assert "not valid" in text(Client().get("/confirm-email/guess/"))


# --- Password and sessions --------------------------------------------------------------------------------------------


def test_another_password_leaves_this_session_and_ends_all_others(world: World, ben: Client) -> None:
    other = sign_in(Client())
    key = ben.session.session_key
    form = {"oldpassword": PASSWORD, "password1": "a quiet night out", "password2": "a quiet night out"}
    answer = ben.post("/settings/security/password/", form, follow=True)
    assert answer.redirect_chain[-1][0] == "/settings/security/"
    assert other.get("/browse/").status_code == 302
    assert ben.get("/browse/").status_code == 200
    assert ben.session.session_key != key
    assert [row.session_key for row in models.UserSession.objects.filter(user=world.ben)] == [ben.session.session_key]
    assert "type your current" in text(ben.post("/settings/security/password/", form))


def test_who_has_no_password_chooses_one(world: World, browser: Browser) -> None:
    anna = browser(world.anna)
    assert "Choose a password" in text(anna.get("/settings/security/"))
    anna.post("/settings/security/first-password/", {"password1": PASSWORD, "password2": PASSWORD})
    assert fresh(world.anna).check_password(PASSWORD)
    assert anna.get("/browse/").status_code == 200


def test_sessions_are_listed_by_device_and_ended_from_afar(world: World, ben: Client) -> None:
    other = sign_in(Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/17 Safari/604.1"))
    page = text(ben.get("/settings/security/"))
    assert "Firefox on Windows" in page and "Safari on iPhone" in page
    [row] = models.UserSession.objects.filter(session_key=other.session.session_key)
    ben.post(f"/settings/security/sessions/{row.pk}/")
    assert "Safari on iPhone" not in text(ben.get("/settings/security/"))
    assert other.get("/browse/").status_code == 302


# --- Second factor ----------------------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_opens_no_door(world: World, ben: Client) -> None:
    secret = second_factor(ben)
    stored = Authenticator.objects.get(user=world.ben, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    client = sign_in(Client())
    assert client.get("/browse/").status_code == 302
    assert "Incorrect code" in text(client.post("/sign-in/code/", {"code": "000000"}))
    rest = Client().post("/api/v1/session", {"username": "ben", "password": PASSWORD}, "application/json")
    assert rest.status_code == 403
    client.post("/sign-in/code/", {"code": code(secret)})
    assert client.get("/browse/").status_code == 200


def test_a_recovery_code_lets_in_once(world: World, ben: Client) -> None:
    second_factor(ben)
    [first, *_] = ben.get("/settings/security/codes/").context["unused_codes"]
    for status in (200, 302):
        client = sign_in(Client())
        client.post("/sign-in/code/", {"code": first})
        assert client.get("/browse/").status_code == status
    ben.post("/settings/security/codes/new/")
    assert first not in ben.get("/settings/security/codes/").context["unused_codes"]


def test_codes_cannot_be_guessed_fast(world: World, ben: Client, settings: object) -> None:
    second_factor(ben)
    settings.PARLEY = {**settings.PARLEY, "CODES_PER_PERSON": "3/day"}
    client = sign_in(Client())
    answers = [client.post("/sign-in/code/", {"code": f"00000{n}"}).status_code for n in range(4)]
    assert answers[-1] == 429


def test_former_keys_still_open_the_secrets(world: World, ben: Client, settings: object) -> None:
    secret = second_factor(ben)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 8
    client = sign_in(Client())
    client.post("/sign-in/code/", {"code": code(secret)})
    assert client.get("/browse/").status_code == 200


def test_it_is_switched_off_again(world: World, ben: Client) -> None:
    second_factor(ben)
    assert "Switch it off" in text(ben.get("/settings/security/two-factor/off/"))
    ben.post("/settings/security/two-factor/off/")
    assert not has_second_factor(world.ben)
    assert sign_in(Client()).get("/browse/").status_code == 200


# --- Data -------------------------------------------------------------------------------------------------------------


def test_ones_data_comes_as_a_file_after_the_password(world: World, ben: Client) -> None:
    answer = confirmed(ben, "/settings/data/export/", {})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="parley.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert json.loads(file.read("account.json"))[0]["username"] == "ben"


def test_closing_the_account_ends_it_and_tells_so_at_the_door(world: World, ben: Client) -> None:
    assert "Your account is closed" in text(confirmed(ben, "/settings/data/close/", {}))
    assert ben.get("/browse/").status_code == 302
    assert ben.post("/sign-in/", {"login": "ben", "password": PASSWORD}).headers["Location"] == "/sign-in/closed/"
    assert "This account is closed" in text(ben.get("/sign-in/closed/"))


def test_erasing_takes_the_name_typed_once_more(world: World, ben: Client, uploads: None) -> None:
    assert "not your username" in text(confirmed(ben, "/settings/data/erase/", {"username": "anna"}))
    assert fresh(world.ben).is_active
    assert "You are erased" in text(ben.post("/settings/data/erase/", {"username": "Ben"}))
    assert not User.objects.filter(username="ben").exists()
    assert ben.get("/browse/").status_code == 302


def test_nothing_of_it_happens_by_a_link(world: World, ben: Client) -> None:
    for path in ("data/export/", "data/close/", "data/erase/", "picture/", "security/sessions/1/"):
        assert ben.get(f"/settings/{path}").status_code == 405


def test_a_page_that_is_refused_says_why(world: World, ben: Client) -> None:
    root = User.objects.get(username="ben")
    root.is_superuser = True
    root.save()
    assert "only administrator" in text(confirmed(ben, "/settings/data/close/", {}))

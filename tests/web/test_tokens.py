"""One's access tokens: made on a page, shown once, ended there."""

import re

import pytest
from django.urls import reverse

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services import tokens
from tests.web.conftest import text

PAGE = reverse("web:tokens")
FORM = {"name": "Tide table", "scopes": ["read"], "rooms": "#harbour, bridge", "days": "30"}


def token_on(answer) -> str:
    found = re.search(r'data-slot="token">([^<]+)<', text(answer))
    return found[1] if found else ""


def test_a_token_is_made_as_wished_and_shown_this_once(anna, world):
    answer = anna.post(PAGE, FORM)
    made = tokens.authenticate(plain=token_on(answer))
    assert (made.user, made.name, made.scopes, made.rooms) == (
        world.anna,
        "Tide table",
        ["read"],
        ["bridge", "harbour"],
    )
    assert (made.expires_at - made.created_at).days in (29, 30)
    assert "no-store" in answer.headers["Cache-Control"]
    again = anna.get(PAGE)
    assert "Tide table" in text(again)
    assert token_on(again) == ""


def test_a_token_may_be_for_ever(anna):
    assert tokens.authenticate(plain=token_on(anna.post(PAGE, FORM | {"days": "", "rooms": ""}))).expires_at is None


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": ["admin"]}, {"scopes": []}, {"rooms": "nowhere"}, {"days": "9999"}]
)
def test_what_cannot_be_is_said_and_nothing_is_made(anna, wrong):
    answer = anna.post(PAGE, FORM | wrong)
    assert answer.status_code == 200
    assert 'role="alert"' in text(answer)
    assert not models.ApiToken.objects.exists()


def test_an_ended_token_is_worth_nothing_at_once(anna, world):
    plain = token_on(anna.post(PAGE, FORM))
    end = reverse("web:revoke-token", args=[models.ApiToken.objects.get().pk])
    assert anna.get(end).status_code == 405
    assert anna.post(end).status_code == 302
    with pytest.raises(Unauthenticated):
        tokens.authenticate(plain=plain)
    assert anna.post(end).status_code == 404


def test_nobody_ends_anothers_token_or_sees_it(anna, world):
    row, _ = tokens.create_token(actor=world.ben, person=world.ben, name="ben's secret tool")
    assert anna.post(reverse("web:revoke-token", args=[row.pk])).status_code == 404
    assert "ben's secret tool" not in text(anna.get(PAGE))


def test_too_many_tokens_must_wait(anna, settings):
    settings.PARLEY = {**settings.PARLEY, "TOKENS_PER_PERSON": "1/day"}
    assert anna.post(PAGE, FORM).status_code == 200
    answer = anna.post(PAGE, FORM)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert models.ApiToken.objects.count() == 1

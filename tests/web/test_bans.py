"""Who is banned everywhere does not come in, and reads why: but only who knows the password reads anything."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import models
from chat.services.sanctions import impose
from tests.world import administrator, person

PASSWORD = "harbour-light-9"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ben():
    return person("ben", password=PASSWORD)


def ban(person, **options):
    return impose(actor=administrator(), person=person, kind="ban", reason="harassment", **options)


def sign_in(password=PASSWORD, page="account_login"):
    browser = Client()
    fields = {"login": "ben", "username": "ben", "password": password}
    return browser, browser.post(reverse(page), fields, follow=True)


def test_the_page_says_why_and_until_when(ben):
    end = timezone.now() + timedelta(days=1)
    ban(ben, ends_at=end)
    browser, answer = sign_in()
    assert answer.status_code == 403
    assert f"You are banned until {end:%Y-%m-%d %H:%M} UTC. Reason: harassment" in answer.content.decode()
    assert browser.get(reverse("web:home")).status_code == 302


def test_with_a_wrong_password_it_is_like_any_other_account(ben):
    _, before = sign_in("wrong password")
    ban(ben)
    _, after = sign_in("wrong password")
    assert (before.status_code, after.status_code) == (200, 200)
    assert "harassment" not in after.content.decode()


def test_the_api_says_the_same(ben):
    ban(ben)
    for path in ("session", "tokens"):
        fields = {"username": "ben", "password": PASSWORD, "name": "x"}
        answer = Client().post(f"/api/v1/{path}", fields, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "banned"
        wrong = Client().post(f"/api/v1/{path}", fields | {"password": "wrong"}, content_type="application/json")
        assert wrong.json()["error"]["code"] == "unauthenticated"


def test_when_it_is_over_they_come_in_again(ben):
    made = ban(ben, ends_at=timezone.now() + timedelta(days=1))
    models.Sanction.objects.filter(pk=made.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    browser, answer = sign_in()
    assert answer.status_code == 200
    assert browser.get(reverse("web:home"), follow=True).status_code == 200


def test_a_session_that_slipped_through_is_nobody_s(ben):
    ban(ben)
    browser = Client()
    browser.force_login(ben)
    assert browser.get(reverse("web:home")).status_code == 302
    assert browser.get("/api/v1/people/me").status_code == 401

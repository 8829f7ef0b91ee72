"""Tokens are seen and revoked in the admin, and made there for bots alone."""

import re

import pytest
from django.contrib.auth.models import User

from chat.domain.news import Revoked
from chat.models import ApiToken
from chat.queries.shapes import person_shape
from chat.services.tokens import authenticate, create_token
from tests import world
from tests.admin.desk import delete, delete_selected, shown, told, url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(anna):
    return create_token(actor=anna, person=anna, name="bot")[0]


def test_deleting_a_token_revokes_it_on_open_sockets_too(desk, anna, token, heard):
    delete(desk, token)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert [type(news) for news in heard] == [Revoked]
    assert heard[0].credential == f"token:{token.pk}"


def test_delete_selected_revokes_each_of_them(desk, anna, token, heard):
    other = create_token(actor=anna, person=anna, name="script")[0]
    delete_selected(desk, [token, other])
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert len(heard) == 2


def test_what_was_revoked_is_not_revoked_again(desk, token, heard):
    delete(desk, token)
    assert told(delete(desk, token))[-1].startswith("There is no such thing")
    assert len(heard) == 1


NEW = {"bot": "tide", "name": "Tide table", "scopes": ["read", "write"], "rooms": "kitchen"}


def test_a_token_of_a_bot_is_made_and_shown_once(desk, room):
    assert desk.get(url(ApiToken, "add")).status_code == 200
    made = shown(desk.post(url(ApiToken, "add"), NEW))
    [plain] = re.findall(r'id="token">([^<]+)<', made)
    token = authenticate(plain=plain)
    assert (token.user.username, token.name, token.rooms) == ("tide", "Tide table", ["kitchen"])
    assert person_shape(token.user).kind == "bot"
    assert plain not in shown(desk.get(url(token, "change")))


def test_nobody_makes_a_token_in_a_persons_name(desk, anna, room):
    assert "made by themselves" in told(desk.post(url(ApiToken, "add"), NEW | {"bot": "anna"}, follow=True))[-1]
    assert not ApiToken.objects.exists()


def test_a_token_for_a_room_that_is_not_there_is_not_made(desk, room):
    assert "no room nowhere" in told(desk.post(url(ApiToken, "add"), NEW | {"rooms": "nowhere"}, follow=True))[-1]
    assert not ApiToken.objects.exists()


def test_a_bot_with_rights_over_the_site_gets_no_token_here(desk, room):
    User.objects.filter(pk=world.person("tide", bot=True).pk).update(is_staff=True)
    assert "made by themselves" in told(desk.post(url(ApiToken, "add"), NEW, follow=True))[-1]


def test_no_token_is_changed_or_shown(desk, token):
    assert desk.post(url(token, "change"), {"scopes": '["moderate"]'}).status_code == 403
    assert token.digest not in shown(desk.get(url(token, "change")))


def test_staff_who_may_only_view_revoke_nothing(staff, token):
    client = staff("view_apitoken")
    assert client.post(url(token, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(url(ApiToken, "add"), NEW).status_code == 403

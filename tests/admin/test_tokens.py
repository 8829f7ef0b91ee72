"""Tokens are seen and revoked in the admin, never shown or made."""

import pytest

from chat.domain.news import Revoked
from chat.models import ApiToken
from chat.services.tokens import create_token
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


def test_no_token_is_made_changed_or_shown(desk, token):
    assert desk.get(url(ApiToken, "add")).status_code == 403
    assert desk.post(url(token, "change"), {"scopes": '["moderate"]'}).status_code == 403
    assert token.digest not in shown(desk.get(url(token, "change")))


def test_staff_who_may_only_view_revoke_nothing(staff, token):
    client = staff("view_apitoken")
    assert client.post(url(token, "delete"), {"post": "yes"}).status_code == 403

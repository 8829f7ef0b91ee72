"""`create_token` makes the person if need be and prints a token that works, alone on the last line."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from chat import models
from chat.domain.errors import Unauthenticated
from chat.services import accounts, rooms
from chat.services.tokens import authenticate
from tests.world import administrator, person


def test_the_last_line_is_the_token_of_a_new_person_alone(manage):
    token = authenticate(plain=manage("create_token", "robot")[-1])
    assert (token.user.username, token.scopes, token.expires_at) == ("robot", ["read", "write"], None)
    assert not token.user.has_usable_password()


def test_a_new_person_begins_in_the_lobby(manage):
    rooms.ensure_lobby()
    manage("create_token", "robot")
    assert models.Membership.objects.get().user.username == "robot"


def test_who_is_there_already_gets_one_more_token(manage):
    anna = person("anna")
    first, second = (manage("create_token", "anna")[-1] for _ in range(2))
    assert first != second
    assert authenticate(plain=first).user == authenticate(plain=second).user == anna


def test_scopes_label_and_expiry_are_as_asked(manage):
    said = manage("create_token", "anna", "--scopes", "read,moderate", "--expires", "7", "--label", "phone")
    token = authenticate(plain=said[-1])
    assert (token.scopes, token.name) == (["moderate", "read"], "phone")
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["a b"], "username"),
        (["anna", "--scopes", "read,fly"], "scopes"),
        (["anna", "--label", "\x07"], "name"),
        (["anna", "--expires", "0"], "a number from 1"),
        (["anna", "--expires", "99999999999"], "a number from 1"),
        (["anna", "--expires", "soon"], "a number from 1"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(manage, arguments, reason):
    with pytest.raises(CommandError, match=reason) as refused:
        manage("create_token", *arguments)
    assert "\n" not in str(refused.value)
    assert not models.ApiToken.objects.exists()


def test_the_deactivated_get_none(manage):
    anna = person("anna")
    plain = manage("create_token", "anna")[-1]
    accounts.deactivate(actor=administrator(), person=anna)
    with pytest.raises(CommandError, match="deactivated"):
        manage("create_token", "anna")
    with pytest.raises(Unauthenticated):
        authenticate(plain=plain)

"""People, and who is behind a session."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chat.queries.people import find, people_of_sessions
from chat.services import accounts
from tests.world import administrator, fresh


def names(found):
    return [each.username for each in found]


def signed_in(user):
    """The key of a new session of this person."""
    client = Client()
    client.force_login(fresh(user))
    return client.session.session_key


def test_people_are_found_by_username_or_name_in_any_case(world):
    accounts.change_profile(actor=world.cleo, display_name="Benevolent Cleo")
    assert names(find(world.anna)) == ["anna", "ben", "cleo", "dora", "tide"]
    assert names(find(world.anna, text="BEN")) == ["ben", "cleo"]
    assert names(find(world.anna, text="nobody")) == []
    assert [each.kind for each in find(world.anna, text="tide")] == ["bot"]


def test_they_come_by_username_a_part_at_a_time(world):
    assert names(find(world.anna, limit=2)) == ["anna", "ben"]
    assert names(find(world.anna, after="ben", limit=2)) == ["cleo", "dora"]


def test_closed_accounts_are_not_among_them_and_see_none(world):
    accounts.deactivate(actor=administrator(), person=world.ben)
    assert "ben" not in names(find(world.anna))
    for viewer in (world.ben, AnonymousUser()):
        assert find(viewer) == []


@pytest.mark.parametrize("text", ["%", "_", "\0", "\ud800"], ids=ascii)
def test_signs_of_the_database_are_looked_for_as_they_are(world, text):
    assert find(world.anna, text=text) == []
    assert find(world.anna, after=f"z{text}") == []


def test_a_list_takes_one_query_after_whether_one_is_a_guest(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        find(world.anna, text="a")


def test_sessions_are_told_whose_they_are_many_at_once(world, django_assert_num_queries):
    keys = [signed_in(each) for each in (world.ben, world.anna, world.ben)]
    with django_assert_num_queries(2):
        found = people_of_sessions([*keys, "unknown" * 4, "\0", "\ud800", ""])
    assert {key: session.user.username for key, session in found.items()} == dict(
        zip(keys, ["ben", "anna", "ben"], strict=True)
    )
    assert all(session.expires_at > timezone.now() for session in found.values())


def test_no_sessions_are_nobodys(world):
    assert people_of_sessions([]) == {}


def test_an_expired_session_is_nobodys(world):
    key = signed_in(world.ben)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert people_of_sessions([key]) == {}


def test_a_session_that_nobody_signed_in_to_is_nobodys(world):
    client = Client()
    session = client.session
    session["cart"] = "empty"
    session.save()
    assert people_of_sessions([session.session_key]) == {}


def test_a_session_ends_with_the_password_and_with_the_account(world):
    key, other = signed_in(world.ben), signed_in(world.cleo)
    ben = fresh(world.ben)
    ben.set_password("another one")
    ben.save()
    accounts.deactivate(actor=administrator(), person=world.cleo)
    assert people_of_sessions([key, other]) == {}


def test_a_session_whose_data_were_tampered_with_is_nobodys(world):
    key = signed_in(world.ben)
    Session.objects.update(session_data="forged")
    assert people_of_sessions([key]) == {}


def test_a_session_outlives_a_rotated_secret_key(world, settings):
    key = signed_in(world.ben)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new secret key of this installation"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert people_of_sessions([key])[key].user == world.ben
    settings.SECRET_KEY_FALLBACKS = []
    assert people_of_sessions([key]) == {}


def test_looking_writes_nothing(world, django_assert_num_queries):
    key = signed_in(world.ben)
    before = list(Session.objects.values())
    people_of_sessions([key])
    assert list(Session.objects.values()) == before

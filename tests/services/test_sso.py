"""Accounts of who comes by single sign-on."""

import pytest

from chat.domain.errors import Conflict
from chat.services import sso
from tests.world import person


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("mona", "mona"), ("Mona Okafor", "mona-okafor"), ("anna", "anna2"), ("", "person"), ("Ünal", "nal"),
        ("mona@example.org", "mona-example.org"), ("x" * 200, "x" * 26),
    ],
)  # fmt: skip
def test_the_name_is_the_nearest_that_is_free(world, wanted, name):
    made = sso.make_account(username=wanted, display_name="Mona\x00 Okafor" + "!" * 100)
    assert (made.username, made.has_usable_password()) == (name, False)
    assert made.profile.display_name == ("Mona Okafor" + "!" * 100)[:80]


def test_without_a_name_to_show_the_username_is_shown(world):
    assert sso.make_account(username="mona", display_name="\u200b").profile.display_name == "mona"


def test_whoever_was_quicker_keeps_the_name(world, monkeypatch):
    make = sso.make_new_person

    def late(*, username, display_name):
        if username == "mona":
            person("mona")
            raise Conflict
        return make(username=username, display_name=display_name)

    monkeypatch.setattr(sso, "make_new_person", late)
    assert sso.make_account(username="mona").username == "mona2"

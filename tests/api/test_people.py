"""People and one's own profile."""

import pytest

from tests.api.caller import by_session
from tests.world import person, say


def usernames(answer) -> list[str]:
    return [each["username"] for each in answer.data["results"]]


def test_people_come_in_pages_that_leave_nobody_out(cast):
    for number in range(5):
        person(f"mate{number}")
    anna, found = by_session(cast.anna), []
    answer = anna.get("people", limit=4)
    while True:
        found += usernames(answer)
        if answer.data["next"] is None:
            break
        assert len(answer.data["results"]) == 4
        answer = anna.raw("GET", answer.data["next"])
    assert found == sorted(["anna", "ben", "cleo", "dora", "tide", *(f"mate{number}" for number in range(5))])


def test_people_are_found_by_username_and_by_name(cast):
    anna = by_session(cast.anna)
    anna.patch("people/me", {"display_name": "Änne Larsen"})
    assert usernames(anna.get("people", q="LARS")) == ["anna"]
    assert usernames(anna.get("people", q="ide")) == ["tide"]
    assert usernames(anna.get("people", q="%")) == []


def test_closed_accounts_are_not_listed(cast):
    cast.ben.is_active = False
    cast.ben.save()
    assert "ben" not in usernames(by_session(cast.anna).get("people"))


def test_a_bot_says_that_it_is_one(cast):
    [tide] = by_session(cast.anna).get("people", q="tide").data["results"]
    assert tide["kind"] == "bot"


@pytest.mark.parametrize("query", [{"limit": "-1"}, {"limit": ""}, {"q": "\x00"}, {"after": "a\x00"}, {"q": "x" * 151}])
def test_searches_that_cannot_be_are_invalid(cast, query):
    answer = by_session(cast.anna).get("people", **query)
    assert (answer.status, set(answer.fields)) == (400, set(query))


def test_ones_name_is_shown_with_all_one_ever_said(cast):
    seq = say(cast.anna, cast.harbour, "ahoy").seq
    anna = by_session(cast.anna)
    assert anna.patch("people/me", {"display_name": "Änne"}).data["display_name"] == "Änne"
    assert anna.get("people/me").data["display_name"] == "Änne"
    assert anna.get(f"rooms/harbour/messages/{seq}").data["author"]["display_name"] == "Änne"


@pytest.mark.parametrize("name", ["", " ", "\u200b", "a\nb", "x" * 81, "\x07", 5, None])
def test_unfit_names_are_invalid(cast, name):
    answer = by_session(cast.anna).patch("people/me", {"display_name": name})
    assert (answer.status, list(answer.fields)) == (400, ["display_name"])

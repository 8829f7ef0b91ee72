"""Rooms: one's own, the open ones, direct ones; made, named, archived."""

import pytest

from chat.services import rooms
from tests.api.caller import by_session
from tests.world import kinds, say


def names(answer) -> list[str]:
    return [room["room"] for room in answer.data["results"]]


def test_the_list_shows_ones_own_rooms_with_what_is_unread(cast):
    say(cast.anna, cast.harbour, "ahoy @ben")
    answer = by_session(cast.ben).get("rooms")
    assert names(answer) == sorted([cast.bridge, cast.direct, cast.harbour])
    [harbour] = [room for room in answer.data["results"] if room["room"] == "harbour"]
    assert (harbour["unread"], harbour["mentions"], harbour["role"]) == (1, 1, "member")
    assert (answer.data["next"], answer.data["previous"]) == (None, None)


def test_open_rooms_can_be_found_by_who_is_in_none(cast):
    cleo = by_session(cast.cleo)
    assert names(cleo.get("rooms")) == []
    assert names(cleo.get("rooms", scope="open")) == ["harbour"]
    assert names(cleo.get("rooms", scope="open", q="HARB")) == ["harbour"]
    assert names(cleo.get("rooms", scope="open", q="bridge")) == []


def test_open_rooms_come_in_pages_that_leave_none_out(cast):
    made = sorted(["harbour", *(f"room-{number:02}" for number in range(7))])
    for slug in made[1:]:
        rooms.create_room(actor=cast.anna, slug=slug)
    cleo, found = by_session(cast.cleo), []
    answer = cleo.get("rooms", scope="open", limit=3)
    while True:
        found += names(answer)
        if answer.data["next"] is None:
            break
        assert len(answer.data["results"]) == 3
        answer = cleo.raw("GET", answer.data["next"])
    assert found == made


@pytest.mark.parametrize("query", [{"scope": "all"}, {"limit": 0}, {"limit": 101}, {"limit": "x"}, {"q": "\x00"}])
def test_lists_refuse_what_they_do_not_know(cast, query):
    answer = by_session(cast.anna).get("rooms", **query)
    assert (answer.status, answer.code) == (400, "invalid")
    assert set(answer.fields) == set(query)


def test_a_room_is_made_shown_and_changed(cast):
    anna = by_session(cast.anna)
    made = anna.post("rooms", {"room": "galley", "title": "The galley", "topic": "Food", "kind": "private"})
    assert made.status == 201
    assert made.data["title"] == "The galley"
    assert anna.get("rooms/galley").data["role"] == "owner"
    changed = anna.patch("rooms/galley", {"topic": "Soup"})
    assert (changed.data["title"], changed.data["topic"]) == ("The galley", "Soup")
    assert kinds("galley")[-1] == "room.changed"


def test_a_name_is_taken_for_ever_whoever_may_see_it(cast):
    for slug in (cast.harbour, cast.bridge):
        answer = by_session(cast.cleo).post("rooms", {"room": slug})
        assert (answer.status, answer.code) == (409, "conflict")
        assert list(answer.fields) == ["room"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"room": ""},
        {"room": "a/b"},
        {"room": "Großes"},
        {"room": "x" * 65},
        {"room": "-a"},
        {"room": "a\n"},
        {"room": 7},
        {"room": "a", "title": "x" * 81},
        {"room": "a", "title": "\x00"},
        {"room": "a", "topic": "two\nlines"},
        {"room": "a", "kind": "direct"},
    ],
)
def test_unfit_rooms_are_invalid_and_say_why(cast, body):
    answer = by_session(cast.anna).post("rooms", body)
    assert (answer.status, answer.code) == (400, "invalid")
    assert set(answer.fields) <= {"room", "title", "topic", "kind"}
    assert answer.fields


def test_only_owners_change_a_room(cast):
    assert by_session(cast.ben).patch("rooms/harbour", {"title": "Ben's"}).code == "forbidden"
    assert by_session(cast.ben).put("rooms/harbour/archive").code == "forbidden"


def test_an_archived_room_is_closed_for_writing_until_it_is_opened_again(cast):
    anna = by_session(cast.anna)
    assert anna.put("rooms/harbour/archive").data["archived"]
    assert "harbour" not in names(anna.get("rooms"))
    assert by_session(cast.cleo).put("rooms/harbour/membership").code == "locked"
    assert anna.get("rooms/harbour/messages").status == 200
    assert not anna.delete("rooms/harbour/archive").data["archived"]
    assert by_session(cast.cleo).put("rooms/harbour/membership").status == 204


def test_a_direct_room_is_the_same_for_the_same_people(cast):
    anna = by_session(cast.anna)
    first = anna.post("direct-rooms", {"people": ["cleo"]})
    assert first.status == 200
    assert [person["username"] for person in first.data["people"]] == ["anna", "cleo"]
    assert anna.post("direct-rooms", {"people": ["cleo", "anna", "cleo"]}).data["room"] == first.data["room"]
    assert by_session(cast.cleo).post("direct-rooms", {"people": ["anna"]}).data["room"] == first.data["room"]


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([], "invalid"),
        (["anna"], "invalid"),
        (["nobody"], "not_found"),
        (["ben", "x\x00"], "invalid"),
        ([f"p{number}" for number in range(51)], "invalid"),
        ("ben", "invalid"),
        ([None], "invalid"),
    ],
)
def test_a_direct_room_needs_people_who_are_there(cast, people, code):
    assert by_session(cast.anna).post("direct-rooms", {"people": people}).code == code

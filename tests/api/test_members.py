"""Members: joining, leaving, and what moderators do with others."""

import pytest

from tests.api.caller import Caller, by_session
from tests.world import kinds


def roles(caller: Caller, room: str) -> dict[str, str]:
    members = caller.get(f"rooms/{room}/members").data["results"]
    return {member["person"]["username"]: member["role"] for member in members}


def test_members_are_listed_with_their_roles(cast):
    assert roles(by_session(cast.ben), "harbour") == {"anna": "owner", "ben": "member", "dora": "moderator"}


def test_an_open_room_is_joined_once_and_left(cast):
    cleo = by_session(cast.cleo)
    assert [cleo.put("rooms/harbour/membership").status for _ in range(2)] == [204, 204]
    assert roles(cleo, "harbour")["cleo"] == "member"
    assert kinds("harbour").count("member.joined") == 4
    assert cleo.delete("rooms/harbour/membership").status == 204
    assert cleo.delete("rooms/harbour/membership").code == "not_found"
    assert kinds("harbour")[-1] == "member.left"


def test_a_private_room_cannot_be_joined_but_one_can_be_brought_in(cast):
    cleo = by_session(cast.cleo)
    assert cleo.put("rooms/bridge/membership").code == "not_found"
    assert by_session(cast.dora).post("rooms/bridge/members", {"username": "cleo", "role": "guest"}).status == 204
    assert roles(cleo, "bridge")["cleo"] == "guest"


def test_roles_are_changed_and_members_removed_by_whoever_ranks_above(cast):
    dora = by_session(cast.dora)
    assert dora.patch("rooms/harbour/members/ben", {"role": "guest"}).status == 204
    assert dora.patch("rooms/harbour/members/ben", {"role": "owner"}).code == "forbidden"
    assert dora.delete("rooms/harbour/members/anna").code == "forbidden"
    assert by_session(cast.ben).delete("rooms/harbour/members/dora").code == "forbidden"
    assert dora.delete("rooms/harbour/members/ben").status == 204
    assert roles(dora, "harbour") == {"anna": "owner", "dora": "moderator"}


def test_the_last_owner_stays_one(cast):
    anna = by_session(cast.anna)
    assert anna.delete("rooms/harbour/membership").code == "conflict"
    assert anna.patch("rooms/harbour/members/anna", {"role": "member"}).code == "conflict"


@pytest.mark.parametrize(
    ("username", "body", "status"),
    [
        ("cleo", {"role": "guest"}, 404),
        ("nobody", {"role": "guest"}, 404),
        ("ben", {"role": "king"}, 400),
        ("ben", {}, 400),
        ("a%00b", {"role": "guest"}, 404),
        ("a%2Fb", {"role": "guest"}, 404),
        ("x" * 151, {"role": "guest"}, 404),
        ("ä@+_.", {"role": "guest"}, 404),
    ],
)
def test_roles_are_given_to_members_alone(cast, username, body, status):
    assert by_session(cast.anna).patch(f"rooms/harbour/members/{username}", body).status == status


@pytest.mark.parametrize(
    "body", [{}, {"username": "x\x00y"}, {"username": ["ben"]}, {"username": "ben", "role": None}, [], "ben", None]
)
def test_unfit_invitations_are_invalid(cast, body):
    answer = by_session(cast.anna).post("rooms/harbour/members", body)
    assert (answer.status, answer.code) == (400, "invalid")


def test_somebody_unknown_cannot_be_brought_in(cast):
    assert by_session(cast.anna).post("rooms/harbour/members", {"username": "nobody"}).code == "not_found"


def test_a_direct_room_keeps_its_people(cast):
    anna = by_session(cast.anna)
    assert anna.post(f"rooms/{cast.direct}/members", {"username": "cleo"}).code == "forbidden"
    assert anna.delete(f"rooms/{cast.direct}/membership").code == "forbidden"

"""A room that one may not see answers exactly like a room that does not exist, whatever is asked of it."""

from typing import Any

import pytest

from tests.api.caller import Caller, by_session, by_token
from tests.world import say

ABSENT = "no-such-room-at-all"

CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"title": "x"}),
    ("PATCH", "", {"title": "\x00"}),
    ("PUT", "/archive", None),
    ("DELETE", "/archive", None),
    ("GET", "/members", None),
    ("POST", "/members", {"username": "cleo"}),
    ("POST", "/members", {"username": "nobody"}),
    ("PATCH", "/members/ben", {"role": "guest"}),
    ("PATCH", "/members/nobody", {"role": "guest"}),
    ("DELETE", "/members/ben", None),
    ("DELETE", "/members/cleo", None),
    ("PUT", "/membership", None),
    ("DELETE", "/membership", None),
    ("GET", "/messages", None),
    ("GET", "/messages?before=3&limit=1", None),
    ("GET", "/messages?limit=0", None),
    ("GET", "/messages/{seq}", None),
    ("GET", "/messages/99999", None),
    ("PATCH", "/messages/{seq}", {"body": "x"}),
    ("DELETE", "/messages/{seq}", None),
    ("DELETE", "/messages/{seq}", {"reason": "x"}),
    ("PUT", "/messages/{seq}/pin", None),
    ("DELETE", "/messages/{seq}/pin", None),
    ("PUT", "/messages/{seq}/reactions/👍", None),
    ("DELETE", "/messages/{seq}/reactions/👍", None),
    ("GET", "/reactions/mine", None),
    ("GET", "/read", None),
    ("PUT", "/read", {"seq": 1}),
    ("PUT", "/read", {"seq": -1}),
]


def differences(caller: Caller, hidden: str, seq: int) -> list[str]:
    """The calls by which `hidden` can be told from a room that does not exist."""

    def ask(room: str, method: str, path: str, body: Any) -> tuple[Any, ...]:
        answer = caller.call(method, f"rooms/{room}{path.format(seq=seq)}", body)
        assert answer.status in (400, 404), path
        return answer.status, answer.raw, {**answer.headers, "Content-Security-Policy": "in any order"}

    return [f"{call[0]} {call[1]}" for call in CALLS if ask(hidden, *call) != ask(ABSENT, *call)]


@pytest.mark.parametrize("which", ["bridge", "direct"])
@pytest.mark.parametrize("credential", [by_session, by_token])
def test_a_closed_room_cannot_be_told_from_none(cast, which, credential):
    hidden = getattr(cast, which)
    seq = say(cast.anna, hidden, "secret").seq
    assert differences(credential(cast.cleo), hidden, seq) == []


def test_the_promise_could_be_broken(cast):
    """A member sees the difference, so the comparison above compares something."""
    seq = say(cast.anna, cast.bridge, "secret").seq
    with pytest.raises(AssertionError):
        differences(by_token(cast.ben), cast.bridge, seq)


def test_sending_to_a_closed_room_is_like_sending_to_none(world):
    cleo = by_token(world.cleo)
    answers = [cleo.say(room, "hello", client_id="one") for room in (world.bridge, world.direct, ABSENT)]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.raw for answer in answers}) == 1
    assert cleo.get("rooms").data["results"] == []


def test_a_member_who_was_removed_finds_nothing_any_more(cast):
    seq = say(cast.ben, cast.bridge, "secret").seq
    by_token(cast.anna).delete("rooms/bridge/members/ben")
    assert differences(by_token(cast.ben), cast.bridge, seq) == []


@pytest.mark.parametrize(
    "slug",
    [
        "Bridge",
        "bridge%00",
        "bridge%2F",
        "%2e%2e",
        "..",
        "%2e%2e%2fbridge",
        "a%2fb",
        "brücke",
        "мост",
        "橋",
        "جسر",
        "😀",
        "%ff%fe",
        "%ed%a0%80",
        "x" * 65,
        "x" * 5000,
        "-",
        "a%0a",
        "%20",
        "a%20b",
        "a;b",
        "a'b",
        "%25",
        "a%3Fb",
        "１",
    ],
)
def test_what_cannot_be_a_room_answers_like_a_room_that_does_not_exist(cast, slug):
    absent = by_token(cast.cleo).get(f"rooms/{ABSENT}").raw
    for path in ("", "/messages", "/members", "/read"):
        answer = by_token(cast.cleo).get(f"rooms/{slug}{path}")
        assert (answer.status, answer.raw) == (404, absent)


def test_without_a_credential_every_room_asks_for_one(cast):
    for room in (cast.harbour, cast.bridge, ABSENT):
        assert Caller().get(f"rooms/{room}/messages").status == 401

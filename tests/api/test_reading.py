"""Read marks: forward unless told otherwise, never beyond the head."""

import pytest

from tests.api.caller import by_token
from tests.world import head, say

PATH = "rooms/harbour/read"


@pytest.fixture
def seqs(cast) -> list[int]:
    return [say(cast.anna, cast.harbour, f"{number} @ben").seq for number in range(3)]


def test_a_mark_moves_forward_and_back_only_when_told(cast, seqs):
    ben = by_token(cast.ben)
    assert ben.get(PATH).data == {"seq": seqs[0] - 2, "head": seqs[2], "unread": 3, "mentions": 3}
    assert ben.put(PATH, {"seq": seqs[1]}).status == 204
    ben.put(PATH, {"seq": seqs[0]})
    assert ben.get(PATH).data == {"seq": seqs[1], "head": seqs[2], "unread": 1, "mentions": 1}
    ben.put(PATH, {"seq": seqs[0], "back": True})
    assert ben.get(PATH).data["unread"] == 2


def test_nobody_reads_beyond_the_head(cast, seqs):
    ben = by_token(cast.ben)
    assert ben.put(PATH, {"seq": 2**53 - 1}).status == 204
    assert ben.get(PATH).data["seq"] == head("harbour")


@pytest.mark.parametrize("seq", [-1, 2**53, 10**400, "1", None, True, 1.5, [1]])
def test_seqs_that_cannot_be_are_invalid(cast, seq):
    answer = by_token(cast.ben).put(PATH, {"seq": seq})
    assert (answer.status, answer.code, list(answer.fields)) == (400, "invalid", ["seq"])


@pytest.mark.parametrize(("body", "field"), [({}, "seq"), ({"seq": 1, "back": 1}, "back")])
def test_marks_that_say_too_little_or_nonsense_are_invalid(cast, body, field):
    answer = by_token(cast.ben).put(PATH, body)
    assert (answer.status, list(answer.fields)) == (400, [field])

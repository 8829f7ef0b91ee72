"""Reactions, and which of them are one's own."""

from urllib.parse import quote

import pytest

from tests.api.caller import by_token
from tests.world import head, say

MINE = "rooms/harbour/reactions/mine"


def path(seq: int, emoji: str) -> str:
    return f"rooms/harbour/messages/{seq}/reactions/{quote(emoji, safe='')}"


def test_the_same_emoji_twice_is_once_and_can_be_taken_back(cast):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    anna, ben = by_token(cast.anna), by_token(cast.ben)
    ben.put(path(seq, "👍"))
    [reaction] = [anna.put(path(seq, "👍")) for _ in range(2)][-1].data["reactions"]
    assert reaction == {"emoji": "👍", "count": 2, "people": ["ben", "anna"]}
    assert head("harbour") == seq + 2
    assert anna.delete(path(seq, "👍")).data["reactions"] == [{"emoji": "👍", "count": 1, "people": ["ben"]}]
    assert anna.delete(path(seq, "👍")).status == 200
    assert head("harbour") == seq + 3


@pytest.mark.parametrize("emoji", ["👩‍🚀", "🏳️‍🌈", "❤️", "‼️", "👍🏽"])
def test_emoji_of_several_signs_come_back_whole(cast, emoji):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    assert by_token(cast.ben).put(path(seq, emoji)).data["reactions"][0]["emoji"] == emoji


@pytest.mark.parametrize("emoji", ["a", "abc", "👍 👍", "\x00", "👍\x00", "👍" * 33, " ", "\u200d", "..", "<b>"])
def test_what_is_no_emoji_is_invalid(cast, emoji):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    answer = by_token(cast.ben).put(path(seq, emoji))
    assert (answer.status, list(answer.fields)) == (400, ["emoji"])


def test_a_slash_is_no_emoji_and_no_address(cast):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    assert by_token(cast.ben).put(path(seq, "a/b")).status == 404


def test_a_deleted_message_takes_no_reactions(cast):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    ben = by_token(cast.ben)
    ben.delete(f"rooms/harbour/messages/{seq}")
    assert ben.put(path(seq, "👍")).code == "conflict"


def test_ones_own_reactions_are_told_by_message_newest_first(cast):
    seqs = [say(cast.ben, cast.harbour, "ahoy").seq for _ in range(4)]
    anna = by_token(cast.anna)
    for seq, emoji in ((seqs[2], "🎉"), (seqs[0], "👍"), (seqs[0], "🎉")):
        anna.put(path(seq, emoji))
    by_token(cast.ben).put(path(seqs[1], "👍"))
    everything = [{"seq": seqs[2], "emoji": ["🎉"]}, {"seq": seqs[0], "emoji": ["👍", "🎉"]}]
    assert anna.get(MINE).data == {"results": everything, "next": None, "previous": None}
    assert anna.get(MINE, before=seqs[2]).data["results"] == everything[1:]
    assert anna.get(MINE, after=seqs[0]).data["results"] == everything[:1]
    first = anna.get(MINE, limit=1)
    assert first.data["results"] == everything[:1]
    assert anna.raw("GET", first.data["next"]).data["results"] == everything[1:]


def test_ones_own_reactions_cost_the_same_queries_however_many(cast, django_assert_num_queries):
    seqs = [say(cast.ben, cast.harbour, "ahoy").seq for _ in range(30)]
    anna = by_token(cast.anna)
    for seq in seqs:
        anna.put(path(seq, "👍"))
    with django_assert_num_queries(4):
        assert len(anna.get(MINE).data["results"]) == 30


@pytest.mark.parametrize("query", [{"before": -1}, {"after": 2**53}, {"limit": 0}, {"after": ""}, {"before": "x"}])
def test_ranges_that_cannot_be_are_invalid(cast, query):
    answer = by_token(cast.anna).get(MINE, **query)
    assert (answer.status, set(answer.fields)) == (400, set(query))

"""History: pages both ways, around a message, at a fixed cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.services.posting import post_messages
from chat.services.reactions import add_reaction
from tests.api.caller import by_session, by_token
from tests.world import head, say, send

PATH = "rooms/harbour/messages"


def seqs(answer) -> list[int]:
    return [message["seq"] for message in answer.data["results"]]


@pytest.fixture
def talk(cast) -> list[int]:
    """The seqs of 120 messages in the harbour, oldest first."""
    posted = post_messages([send(cast.ben, cast.harbour, f"line {number}") for number in range(120)])
    return [each.message.seq for each in posted]


def test_an_empty_room_has_an_empty_page(cast):
    answer = by_token(cast.ben).get(PATH)
    assert answer.data["results"] == []
    assert (answer.data["next"], answer.data["previous"]) == (None, None)
    assert answer.data["head"] == head("harbour")


def test_the_newest_page_comes_newest_first_with_the_place_to_follow_from(cast, talk):
    answer = by_token(cast.ben).get(PATH)
    assert seqs(answer) == talk[:-51:-1]
    assert answer.data["head"] == talk[-1]
    assert answer.data["epoch"]
    assert answer.data["previous"] is None


@pytest.mark.parametrize("limit", [1, 7, 50, 100])
def test_following_next_reads_everything_once_and_previous_leads_back(cast, talk, limit):
    ben, found, last = by_token(cast.ben), [], None
    answer = ben.get(PATH, limit=limit)
    while True:
        found += seqs(answer)
        last = answer
        if answer.data["next"] is None:
            break
        answer = ben.raw("GET", answer.data["next"])
    assert found == talk[::-1]
    back = seqs(last)
    while last.data["previous"]:
        last = ben.raw("GET", last.data["previous"])
        back = seqs(last) + back
    assert back == talk[::-1]


def test_both_bounds_are_exclusive(cast, talk):
    ben = by_token(cast.ben)
    assert seqs(ben.get(PATH, before=talk[10], limit=3)) == [talk[9], talk[8], talk[7]]
    assert seqs(ben.get(PATH, after=talk[10], limit=3)) == [talk[13], talk[12], talk[11]]


def test_around_shows_the_message_between_its_neighbours(cast, talk):
    answer = by_token(cast.ben).get(PATH, around=talk[60], limit=5)
    assert seqs(answer) == [talk[62], talk[61], talk[60], talk[59], talk[58]]
    assert f"before={talk[58]}" in answer.data["next"]
    assert f"after={talk[62]}" in answer.data["previous"]
    assert "around" not in answer.data["next"] + answer.data["previous"]


def test_pages_beyond_either_end_lead_back(cast, talk):
    ben = by_token(cast.ben)
    beyond = ben.get(PATH, after=talk[-1])
    assert seqs(beyond) == []
    assert seqs(ben.raw("GET", beyond.data["next"]))[0] == talk[-1]
    beneath = ben.get(PATH, before=talk[0])
    assert seqs(beneath) == []
    assert seqs(ben.raw("GET", beneath.data["previous"]))[-1] == talk[0]
    edge = ben.get(PATH, after=2**53 - 1)
    assert ben.raw("GET", edge.data["next"]).status == 200


def test_the_replies_to_a_message_have_pages_of_their_own(cast, talk):
    for number in range(3):
        say(cast.anna, "harbour", f"reply {number}", reply_to=talk[0])
    ben = by_token(cast.ben)
    newest = ben.get(PATH, reply_to=talk[0], limit=2)
    assert [message["body"] for message in newest.data["results"]] == ["reply 2", "reply 1"]
    older = ben.raw("GET", newest.data["next"])
    assert [message["body"] for message in older.data["results"]] == ["reply 0"]


IMPOSSIBLE = ("-1", "abc", "", str(2**53), str(2**64), "1" + "0" * 400, "1" + "0" * 5000, "1.5", "0x1", "١", "\x00")


@pytest.mark.parametrize("value", IMPOSSIBLE)
def test_bounds_that_cannot_be_are_invalid(cast, value):
    for name in ("before", "after", "around", "reply_to", "limit"):
        answer = by_token(cast.ben).get(PATH, **{name: value})
        assert (answer.status, answer.code, list(answer.fields)) == (400, "invalid", [name])


def test_bounds_that_contradict_each_other_are_invalid(cast):
    assert by_token(cast.ben).get(PATH, before=5, after=1).code == "invalid"
    assert by_token(cast.ben).get(PATH, limit=0).code == "invalid"
    assert by_token(cast.ben).get(PATH, limit=101).code == "invalid"


def test_enormous_but_possible_bounds_are_answered(cast, talk):
    ben = by_token(cast.ben)
    assert seqs(ben.get(PATH, before=2**53 - 1))[0] == talk[-1]
    assert seqs(ben.get(PATH, after=0, limit=1)) == [talk[0]]
    assert seqs(ben.get(PATH, before=0)) == []


def test_a_page_costs_the_same_queries_at_any_depth_with_any_reactions(cast, talk):
    ben = by_session(cast.ben)

    def cost(**query: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(ben.get(PATH, limit=50, **query).data["results"]) == 50
        return len(queries)

    plain = cost()
    for seq in talk:
        for person, emoji in ((cast.anna, "👍"), (cast.ben, "👍"), (cast.dora, "🎉")):
            add_reaction(actor=person, room=cast.harbour, seq=seq, emoji=emoji)
    assert plain <= 6
    assert cost() == cost(before=talk[60]) == cost(after=talk[1]) == plain
    assert cost(around=talk[60]) == plain + 2


def test_a_deleted_message_stays_in_its_place_without_its_text(cast):
    seq = say(cast.ben, cast.harbour, "secret").seq
    by_token(cast.ben).delete(f"{PATH}/{seq}")
    [message] = by_token(cast.anna).get(PATH).data["results"]
    assert (message["seq"], message["body"], message["html"]) == (seq, "", "")
    assert message["deleted"]["by"] == "author"


def test_history_of_an_open_room_is_read_without_joining(cast, talk):
    cleo = by_token(cast.cleo)
    assert len(cleo.get(PATH).data["results"]) == 50
    assert cleo.get("rooms/harbour").data["role"] is None

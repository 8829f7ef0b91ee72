"""Messages: sent once whatever happens, edited, deleted, pinned."""

from functools import partial

import pytest

from chat import models
from tests.api.caller import by_session, by_token
from tests.race import race
from tests.world import head, limit_sends, say


def test_a_message_is_created_once_and_repeated_for_ever(world):
    ben = by_token(world.ben)
    first = ben.say("harbour", "ahoy @anna", client_id="one")
    again = ben.say("harbour", "ahoy @anna", client_id="one")
    assert (first.status, again.status) == (201, 200)
    assert first.raw == again.raw
    assert (first.data["body"], first.data["mentions"]) == ("ahoy @anna", ["anna"])
    assert first.data["author"]["username"] == "ben"


def test_another_text_under_the_same_client_id_is_a_conflict(world):
    ben = by_token(world.ben)
    first = ben.say("harbour", "ahoy", client_id="one")
    assert ben.say("harbour", "avast", client_id="one").status == 409
    body = {"client_id": "one", "body": "ahoy", "reply_to": first.data["seq"]}
    assert ben.post("rooms/harbour/messages", body).code == "conflict"


def test_a_repeat_after_edit_and_deletion_answers_with_what_became_of_the_message(world):
    ben = by_token(world.ben)
    seq = ben.say("harbour", "ahoy", client_id="one").data["seq"]
    ben.patch(f"rooms/harbour/messages/{seq}", {"body": "avast"})
    assert ben.say("harbour", "ahoy", client_id="one").data["body"] == "avast"
    ben.delete(f"rooms/harbour/messages/{seq}")
    repeat = ben.say("harbour", "ahoy", client_id="one")
    assert (repeat.status, repeat.data["seq"], repeat.data["body"]) == (200, seq, "")


def test_racing_sends_of_one_client_id_give_one_row_and_one_201(world):
    before = head("harbour")
    callers = [by_token(world.ben) for _ in range(20)]
    answers = race(*[partial(caller.say, "harbour", "ahoy", client_id="one") for caller in callers])
    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.raw for answer in answers}) == 1
    assert models.Message.objects.filter(client_id="one").count() == 1
    assert head("harbour") == before + 1


def test_racing_sends_of_different_texts_give_one_message_and_conflicts(world):
    callers = [by_token(world.ben) for _ in range(10)]
    answers = race(*[partial(each.say, "harbour", f"text {n}", client_id="one") for n, each in enumerate(callers)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 9
    assert models.Message.objects.count() == 1


def test_the_author_is_who_is_signed_in_whatever_the_body_says(world):
    body = {"client_id": "one", "body": "ahoy", "author": "anna", "actor_id": world.anna.pk, "seq": 1, "room": "bridge"}
    answer = by_token(world.ben).post("rooms/harbour/messages", body)
    assert answer.data["author"]["username"] == "ben"
    assert answer.data["room"] == "harbour"


def test_the_first_message_of_a_stranger_makes_them_a_member(world):
    cleo = by_token(world.cleo)
    assert cleo.say("harbour", "hello", client_id="one").status == 201
    assert cleo.get("rooms/harbour").data["role"] == "member"


def test_too_many_messages_are_told_when_to_come_back(world, settings):
    limit_sends(settings, burst=2, per_second=0.5)
    ben = by_token(world.ben)
    assert [ben.say("harbour", "ahoy", client_id=str(number)).status for number in range(2)] == [201, 201]
    answer = ben.say("harbour", "ahoy", client_id="2")
    assert (answer.status, answer.code) == (429, "rate_limited")
    assert 0 < answer.data["error"]["retry_after_ms"] <= 2000
    assert answer.headers["Retry-After"] in ("1", "2")
    assert ben.say("harbour", "ahoy", client_id="1").status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client_id": "one"}, "body"),
        ({"body": "ahoy"}, "client_id"),
        ({"client_id": "", "body": "ahoy"}, "client_id"),
        ({"client_id": "x" * 65, "body": "ahoy"}, "client_id"),
        ({"client_id": "ä", "body": "ahoy"}, "client_id"),
        ({"client_id": "a\x00", "body": "ahoy"}, "client_id"),
        ({"client_id": 1, "body": "ahoy"}, "client_id"),
        ({"client_id": "one", "body": ""}, "body"),
        ({"client_id": "one", "body": " \u200b\n"}, "body"),
        ({"client_id": "one", "body": "a\x00b"}, "body"),
        ({"client_id": "one", "body": "a\x1bb"}, "body"),
        ({"client_id": "one", "body": "x" * 8001}, "body"),
        ({"client_id": "one", "body": ["ahoy"]}, "body"),
        ({"client_id": "one", "body": None}, "body"),
        ({"client_id": "one", "body": "ahoy", "reply_to": -1}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": 2**53}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": 10**400}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": 1.5}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": True}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": "1"}, "reply_to"),
        ({"client_id": "one", "body": "ahoy", "reply_to": 2**53 - 1}, "reply_to"),
    ],
)
def test_unfit_messages_are_invalid_and_say_which_field(world, body, field):
    answer = by_token(world.ben).post("rooms/harbour/messages", body)
    assert (answer.status, answer.code, list(answer.fields)) == (400, "invalid", [field])
    assert not models.Message.objects.exists()


def test_everything_that_can_be_typed_comes_back_as_it_was(world):
    body = "<script>alert(1)</script> \u202e \U0001f469\u200d\U0001f680 𝒳 \ufffd '\" \\ % {{ x }}"
    answer = by_token(world.ben).say("harbour", body, client_id="one")
    assert answer.data["body"] == body
    assert "<script>" not in answer.data["html"]


def test_an_author_edits_and_erases_their_own_message_alone(cast):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    path = f"rooms/harbour/messages/{seq}"
    ben = by_token(cast.ben, "read", "write")
    edited = ben.patch(path, {"body": "avast"})
    assert (edited.data["body"], edited.data["version"] > seq) == ("avast", True)
    assert by_token(cast.anna).patch(path, {"body": "mine"}).code == "forbidden"
    assert by_token(cast.cleo).delete(path).code == "forbidden"
    assert ben.delete(path).data["deleted"]["by"] == "author"
    assert ben.patch(path, {"body": "again"}).code == "conflict"
    assert ben.get(path).data["body"] == ""


def test_a_moderator_removes_with_a_reason_that_all_may_read(cast):
    seq = say(cast.ben, cast.harbour, "spam").seq
    path = f"rooms/harbour/messages/{seq}"
    deleted = by_token(cast.dora).delete(path, {"reason": "Advertising"}).data["deleted"]
    assert (deleted["by"], deleted["reason"]) == ("moderator", "Advertising")
    assert by_token(cast.cleo).get(path).data["deleted"] == deleted


def test_a_program_needs_the_scope_moderate_to_remove_anothers_message(cast):
    theirs, own = (say(person, cast.harbour, "ahoy").seq for person in (cast.ben, cast.dora))
    program = by_token(cast.dora, "read", "write")
    assert program.delete(f"rooms/harbour/messages/{theirs}").code == "forbidden"
    assert program.delete(f"rooms/harbour/messages/{own}").status == 200
    assert by_token(cast.dora, "moderate").delete(f"rooms/harbour/messages/{theirs}").status == 403
    assert by_token(cast.dora, "write", "moderate").delete(f"rooms/harbour/messages/{theirs}").status == 200


@pytest.mark.parametrize("reason", ["x" * 251, "a\nb", "\x00", 5])
def test_unfit_reasons_are_invalid(cast, reason):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    answer = by_token(cast.ben).delete(f"rooms/harbour/messages/{seq}", {"reason": reason})
    assert (answer.status, list(answer.fields)) == (400, ["reason"])


def test_pins_are_put_on_and_taken_off_by_moderators(cast):
    seq = say(cast.ben, cast.harbour, "ahoy").seq
    path = f"rooms/harbour/messages/{seq}/pin"
    dora = by_session(cast.dora)
    assert by_session(cast.ben).put(path).code == "forbidden"
    assert [dora.put(path).data["pinned"] for _ in range(2)] == [True, True]
    assert dora.delete(path).data["pinned"] is False
    assert head("harbour") == seq + 2


@pytest.mark.parametrize("seq", ["0", "1", "999", str(2**53 - 1)])
def test_a_message_that_is_not_there_is_not_found(cast, seq):
    ben = by_token(cast.ben)
    for answer in (
        ben.get(f"rooms/harbour/messages/{seq}"),
        ben.patch(f"rooms/harbour/messages/{seq}", {"body": "x"}),
        ben.delete(f"rooms/harbour/messages/{seq}"),
        ben.put(f"rooms/harbour/messages/{seq}/pin"),
        ben.put(f"rooms/harbour/messages/{seq}/reactions/👍"),
    ):
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("seq", [str(2**53), str(2**64), "9" * 401])
def test_a_number_that_no_message_can_have_is_invalid(cast, seq):
    ben = by_token(cast.ben)
    for answer in (
        ben.get(f"rooms/harbour/messages/{seq}"),
        ben.patch(f"rooms/harbour/messages/{seq}", {"body": "x"}),
        ben.delete(f"rooms/harbour/messages/{seq}"),
        ben.put(f"rooms/harbour/messages/{seq}/pin"),
        ben.delete(f"rooms/harbour/messages/{seq}/reactions/👍"),
    ):
        assert (answer.status, answer.code) == (400, "invalid")


@pytest.mark.parametrize("seq", ["-1", "abc", "1.5", "١", "%20", "1e3", "9" * 5000, "0x1"])
def test_what_is_no_number_is_no_address(cast, seq):
    assert by_token(cast.ben).get(f"rooms/harbour/messages/{seq}").status == 404

"""Sending: one message for one `client_id`, each send with its own answer, numbers without holes."""

import pytest

from chat import models
from chat.domain import errors
from chat.domain.cursors import MAX_SEQ
from chat.services import _batch, _send, accounts, memberships, messages, rooms
from chat.services.posting import Send, post_messages
from tests.world import events, fresh, head, kinds, post, say, send


def codes(sends, **options):
    return [getattr(result, "code", "posted") for result in post_messages(sends, **options)]


def bodies(room):
    return list(models.Message.objects.filter(room__slug=room).order_by("seq").values_list("body", flat=True))


# --- What is written --------------------------------------------------------------------------------------------------


def test_a_message_is_numbered_by_its_event_and_carries_what_was_said(world):
    before = head(world.harbour)
    posted = post(world.ben, world.harbour, "  **Ahoy**\r\n", client_id="c-1")
    message = posted.message
    assert posted.created
    assert (message.seq, message.version) == (before + 1, before + 1)
    assert (message.room, message.client_id, message.body) == (world.harbour, "c-1", "**Ahoy**")
    assert message.html == "<p><strong>Ahoy</strong></p>"
    assert (message.author.username, message.author.kind) == ("ben", "person")
    [event] = events(world.harbour, before)
    assert (event.kind, event.seq, event.actor, event.message) == ("message.created", message.seq, "ben", message)


def test_a_batch_over_rooms_and_people_keeps_the_order_of_each_room_and_leaves_no_hole(world):
    places = [
        (world.anna, world.harbour),
        (world.ben, world.bridge),
        (world.ben, world.harbour),
        (world.anna, world.direct),
    ]
    start = {room: head(room) for _, room in places}
    results = post_messages([send(actor, room, f"{n}") for n in range(5) for actor, room in places])
    for room in start:
        said = [result.message for result in results if result.message.room == room]
        assert [message.seq for message in said] == list(range(start[room] + 1, head(room) + 1))
        assert [message.body for message in said] == sorted(message.body for message in said)


def test_ranks_count_the_messages_of_a_room(world):
    for body in ("one", "two"):
        say(world.ben, world.harbour, body)
    rooms.change_room(actor=world.anna, room=world.harbour, topic="Ships")
    say(world.ben, world.harbour, "three")
    ranks = models.Message.objects.filter(room__slug=world.harbour).order_by("seq").values_list("rank", flat=True)
    assert list(ranks) == [1, 2, 3]
    assert models.Room.objects.get(slug=world.harbour).message_count == 3


def test_a_bot_is_called_one(world):
    assert say(world.tide, world.harbour, "High water at six.").author.kind == "bot"


def test_an_empty_batch_writes_nothing(world):
    assert post_messages([]) == []


# --- Once and for ever ------------------------------------------------------------------------------------------------


def test_a_repeat_is_answered_with_the_first_message(world):
    first = post(world.ben, world.harbour, "Ahoy", client_id="c-1")
    before = head(world.harbour)
    repeat = post(world.ben, world.harbour, " Ahoy ", client_id="c-1")
    assert repeat.message == first.message
    assert not repeat.created
    assert head(world.harbour) == before


def test_a_repeat_within_one_batch_is_one_message(world):
    first, second = post_messages([send(world.ben, world.harbour, "Ahoy", client_id="c-1")] * 2)
    assert (first.created, second.created) == (True, False)
    assert first.message == second.message
    assert bodies(world.harbour) == ["Ahoy"]


@pytest.mark.parametrize("together", [True, False])
def test_another_text_or_reply_under_the_same_client_id_is_a_conflict(world, together):
    stone = say(world.anna, world.harbour, "A stone")
    first = send(world.ben, world.harbour, "Ahoy", client_id="c-1", reply_to=stone.seq)
    others = [
        send(world.ben, world.harbour, "Ahoi", client_id="c-1", reply_to=stone.seq),
        send(world.ben, world.harbour, "Ahoy", client_id="c-1"),
    ]
    answers = codes([first, *others]) if together else codes([first]) + codes(others)
    assert answers == ["posted", "conflict", "conflict"]
    assert bodies(world.harbour) == ["A stone", "Ahoy"]


def test_the_same_client_id_of_others_and_in_other_rooms_is_another_message(world):
    said = [post(world.ben, world.harbour, "a", client_id="c"), post(world.anna, world.harbour, "b", client_id="c")]
    said.append(post(world.ben, world.bridge, "d", client_id="c"))
    assert all(posted.created for posted in said)


def test_a_repeat_after_an_edit_shows_the_edited_message(world):
    message = say(world.ben, world.harbour, "Ahoy", client_id="c-1")
    edited = messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="Ahoi")
    assert post(world.ben, world.harbour, "Ahoy", client_id="c-1").message == edited
    assert codes([send(world.ben, world.harbour, "Ahoi", client_id="c-1")]) == ["conflict"]


def test_a_repeat_after_a_deletion_shows_that_it_is_gone(world):
    message = say(world.ben, world.harbour, "Ahoy", client_id="c-1")
    deleted = messages.delete_message(actor=world.dora, room=world.harbour, seq=message.seq, reason="Spam")
    assert post(world.ben, world.harbour, "Ahoy", client_id="c-1").message == deleted
    assert codes([send(world.ben, world.harbour, "Else", client_id="c-1")]) == ["conflict"]


def test_a_repeat_is_answered_where_a_new_message_would_be_refused(world):
    message = say(world.ben, world.harbour, "Ahoy", client_id="c-1")
    rooms.archive_room(actor=world.anna, room=world.harbour)
    assert post(world.ben, world.harbour, "Ahoy", client_id="c-1").message == message
    assert codes([send(world.ben, world.harbour, "Ahoy")]) == ["locked"]


def test_a_repeat_to_a_room_one_was_removed_from_is_not_found(world):
    say(world.ben, world.bridge, "Ahoy", client_id="c-1")
    memberships.remove_member(actor=world.anna, room=world.bridge, username="ben")
    assert codes([send(world.ben, world.bridge, "Ahoy", client_id="c-1")]) == ["not_found"]


def test_the_digest_that_recognises_a_repeat_is_keyed(world, monkeypatch):
    one = send(world.ben, world.harbour, "Ahoy")
    here = _send.digest(one)
    assert here == _send.digest(one)
    monkeypatch.setattr(_send, "_digest_key", lambda: b"of another installation")
    assert _send.digest(one) != here


def test_an_erased_text_is_nowhere_in_the_row_that_recognises_its_repeat(world):
    message = say(world.ben, world.harbour, "My secret word", client_id="c-1")
    messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    row = models.Message.objects.filter(client_id="c-1").values().get()
    assert "secret" not in str(row)


# --- Refusals ---------------------------------------------------------------------------------------------------------


def test_one_refused_send_fails_none_of_its_neighbours(world):
    say(world.ben, world.harbour, "first", client_id="used")
    sends = [
        send(world.ben, world.harbour, "a"),
        send(world.ben, world.harbour, " "),
        send(world.ben, world.harbour, "a\0b"),
        send(world.ben, world.harbour, "x" * 8001),
        send(world.ben, world.harbour, "b", client_id="ä"),
        send(world.ben, world.harbour, "other", client_id="used"),
        send(world.ben, world.harbour, "c", reply_to=999),
        send(world.ben, world.harbour, "c", reply_to=-1),
        send(world.ben, world.harbour, "c", reply_to=MAX_SEQ + 1),
        send(world.ben, world.harbour, "c", reply_to=10**30),
        send(world.cleo, world.bridge, "d"),
        send(world.ben, "nowhere", "e"),
        send(world.ben, "har\0bour", "e"),
        send(world.ben, "\ud800", "e"),
        Send(10**9, world.harbour, "c", "f"),
        send(world.ben, world.harbour, "g"),
    ]
    refused = ["invalid"] * 4 + ["conflict"] + ["invalid"] * 4
    not_seen = ["not_found"] * 4
    assert codes(sends) == ["posted", *refused, *not_seen, "unauthenticated", "posted"]
    assert bodies(world.harbour) == ["first", "a", "g"]
    assert kinds(world.harbour)[-2:] == ["message.created", "message.created"]


def test_a_batch_of_refusals_alone_writes_nothing(world):
    before = head(world.harbour)
    assert codes([send(world.ben, world.harbour, "")]) == ["invalid"]
    assert codes([send(world.cleo, world.bridge, "a")]) == ["not_found"]
    assert head(world.harbour) == before


def test_a_closed_account_sends_nothing(world):
    world.ben.is_active = False
    world.ben.save()
    assert codes([send(world.ben, world.harbour, "Ahoy")]) == ["unauthenticated"]


def test_a_room_one_may_not_see_answers_like_one_that_does_not_exist(world):
    hidden, missing = post_messages([send(world.cleo, world.bridge, "a"), send(world.cleo, "nowhere", "a")])
    assert (hidden.code, hidden.message, hidden.fields) == (missing.code, missing.message, missing.fields)


# --- Replies ----------------------------------------------------------------------------------------------------------


def test_a_reply_names_a_message_of_the_same_room(world):
    stone = say(world.anna, world.harbour, "A stone")
    assert say(world.ben, world.harbour, "Nice", reply_to=stone.seq).reply_to == stone.seq


def test_a_reply_to_another_event_or_to_a_message_of_another_room_is_refused(world):
    while (elsewhere := say(world.anna, world.bridge, "Elsewhere").seq) <= head(world.harbour):
        pass
    for seq in (1, elsewhere):
        with pytest.raises(errors.Invalid) as refused:
            say(world.ben, world.harbour, "Nice", reply_to=seq)
        assert list(refused.value.fields) == ["reply_to"]


def test_a_reply_may_name_a_message_of_its_own_batch_and_one_that_was_deleted(world):
    next_seq = head(world.harbour) + 1
    batch = [send(world.ben, world.harbour, "a"), send(world.ben, world.harbour, "b", reply_to=next_seq)]
    assert post_messages(batch)[1].message.reply_to == next_seq
    messages.delete_message(actor=world.ben, room=world.harbour, seq=next_seq)
    assert say(world.ben, world.harbour, "c", reply_to=next_seq).reply_to == next_seq


# --- Joining by the first message -------------------------------------------------------------------------------------


def test_the_first_message_to_an_open_room_joins_it(world):
    before = head(world.harbour)
    post_messages([send(world.cleo, world.harbour, "Hello"), send(world.cleo, world.harbour, "again")])
    assert kinds(world.harbour, before) == ["member.joined", "message.created", "message.created"]
    membership = models.Membership.objects.get(room__slug=world.harbour, user=world.cleo)
    assert membership.role == "member"


def test_a_refused_first_message_joins_nothing(world):
    assert codes([send(world.cleo, world.harbour, "Hello", reply_to=999)]) == ["invalid"]
    assert not models.Membership.objects.filter(room__slug=world.harbour, user=world.cleo).exists()


# --- Rooms that another transaction holds -----------------------------------------------------------------------------


def test_sends_to_a_skipped_room_are_not_tried_and_the_others_are_written(world, monkeypatch):
    free = _batch.lock_rooms
    monkeypatch.setattr(_batch, "lock_rooms", lambda slugs, **options: free(set(slugs) - {world.harbour}, **options))
    sends = [
        send(world.ben, world.harbour, "a"),
        send(world.ben, world.bridge, "b"),
        send(world.ben, "nowhere", "c"),
    ]
    held, written, missing = post_messages(sends, skip_locked=True)
    assert held is None
    assert written.created
    assert missing.code == "not_found"
    assert bodies(world.harbour) == []


def test_somebody_without_a_profile_gets_one_with_their_first_message(world):
    models.Profile.objects.filter(user=world.cleo).delete()
    assert say(fresh(world.cleo), world.harbour, "Hello").author.display_name == "cleo"
    accounts.change_profile(actor=world.cleo, display_name="Cleo")

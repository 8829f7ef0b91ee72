"""Read marks: unread is a subtraction of ranks, and every device of a person learns where it stands."""

import pytest

from chat import bus, models
from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import Invalid, NotFound
from chat.domain.news import PersonNews
from chat.queries.rooms import rooms_of, summary
from chat.services import memberships, messages, rooms
from chat.services.posting import post_messages
from chat.services.reading import mark_read, move_marks
from tests.world import head, say, send


def stand(viewer, room):
    """Read up to, unread messages, unread mentions."""
    found = summary(viewer, room)
    return found.read, found.unread, found.mentions


def told(news):
    return [(each.user_id, each.command, each.room, each.seq) for each in news if isinstance(each, PersonNews)]


def test_who_joins_has_read_all_there_is(world):
    say(world.ben, world.harbour, "Before")
    memberships.join_room(actor=world.cleo, room=world.harbour)
    assert stand(world.cleo, world.harbour) == (head(world.harbour), 0, 0)


def test_unread_counts_messages_and_not_other_events(world):
    mark_read(actor=world.ben, room=world.harbour, seq=head(world.harbour))
    message = say(world.anna, world.harbour, "One @ben")
    rooms.change_room(actor=world.anna, room=world.harbour, topic="Ships")
    messages.pin_message(actor=world.anna, room=world.harbour, seq=message.seq)
    say(world.anna, world.harbour, "Two")
    assert stand(world.ben, world.harbour)[1:] == (2, 1)
    mark_read(actor=world.ben, room=world.harbour, seq=message.seq)
    assert stand(world.ben, world.harbour) == (message.seq, 1, 0)
    mark_read(actor=world.ben, room=world.harbour, seq=head(world.harbour))
    assert stand(world.ben, world.harbour) == (head(world.harbour), 0, 0)


def test_whoever_writes_has_read(world):
    say(world.anna, world.harbour, "Question @ben")
    answer = say(world.ben, world.harbour, "Answer")
    assert stand(world.ben, world.harbour) == (answer.seq, 0, 0)
    assert stand(world.anna, world.harbour)[1] == 1


def test_a_batch_marks_each_of_its_authors_as_far_as_their_own_newest(world):
    actors = [world.anna, world.ben, world.anna]
    said = [result.message for result in post_messages([send(each, world.harbour, "a") for each in actors])]
    assert stand(world.anna, world.harbour)[:2] == (said[2].seq, 0)
    assert stand(world.ben, world.harbour)[:2] == (said[1].seq, 1)


def test_ones_own_mention_is_not_unread(world):
    say(world.ben, world.harbour, "I am @ben")
    assert stand(world.ben, world.harbour)[1:] == (0, 0)


def test_a_mark_moves_forward_only_and_other_devices_are_told_of_moves_alone(world):
    first, second = (say(world.anna, world.harbour, body) for body in ("One", "Two"))
    with bus.capture() as news:
        mark_read(actor=world.ben, room=world.harbour, seq=second.seq)
        mark_read(actor=world.ben, room=world.harbour, seq=first.seq)
        mark_read(actor=world.ben, room=world.harbour, seq=second.seq)
    assert stand(world.ben, world.harbour)[:2] == (second.seq, 0)
    assert told(news) == [(world.ben.pk, "read", world.harbour, second.seq)]


def test_marking_unread_moves_it_back_and_other_devices_are_told(world):
    say(world.anna, world.harbour, "One")
    second = say(world.anna, world.harbour, "Two @ben")
    mark_read(actor=world.ben, room=world.harbour, seq=second.seq)
    with bus.capture() as news:
        mark_read(actor=world.ben, room=world.harbour, seq=second.seq - 1, back=True)
    assert stand(world.ben, world.harbour) == (second.seq - 1, 1, 1)
    assert told(news) == [(world.ben.pk, "read", world.harbour, second.seq - 1)]
    mark_read(actor=world.ben, room=world.harbour, seq=0, back=True)
    assert stand(world.ben, world.harbour) == (0, 2, 1)


def test_a_mark_ahead_of_the_room_stops_at_its_head(world):
    with bus.capture() as news:
        mark_read(actor=world.ben, room=world.harbour, seq=MAX_SEQ)
    assert told(news) == [(world.ben.pk, "read", world.harbour, head(world.harbour))]
    say(world.anna, world.harbour, "New")
    assert stand(world.ben, world.harbour)[1] == 1


def test_a_reader_of_an_open_room_has_a_mark_without_being_a_member(world):
    message = say(world.anna, world.harbour, "One @cleo")
    assert stand(world.cleo, world.harbour) == (message.seq, 0, 0), "who never was there misses nothing"
    mark_read(actor=world.cleo, room=world.harbour, seq=message.seq - 1)
    assert stand(world.cleo, world.harbour) == (message.seq - 1, 1, 1)
    assert rooms_of(world.cleo) == []


@pytest.mark.parametrize("seq", [-1, MAX_SEQ + 1])
def test_what_can_be_no_seq_is_invalid(world, seq):
    with pytest.raises(Invalid):
        mark_read(actor=world.ben, room=world.harbour, seq=seq)


def test_a_room_one_may_not_see_has_no_mark(world):
    for room in (world.bridge, "nowhere"):
        with pytest.raises(NotFound):
            mark_read(actor=world.cleo, room=room, seq=1)
    assert not models.ReadMark.objects.filter(user=world.cleo).exists()


def test_gathered_marks_of_many_move_forward_in_one_write(world):
    first, second = (say(world.anna, world.harbour, body) for body in ("One", "Two"))
    mark_read(actor=world.dora, room=world.harbour, seq=second.seq)
    far = {
        (world.ben.pk, world.harbour): first.seq,
        (world.dora.pk, world.harbour): first.seq,
        (world.cleo.pk, world.harbour): MAX_SEQ,
        (world.ben.pk, world.bridge): 1,
        (world.ben.pk, "nowhere"): 1,
    }
    move_marks(marks=far)
    assert stand(world.ben, world.harbour)[:2] == (first.seq, 1)
    assert stand(world.dora, world.harbour)[:2] == (second.seq, 0)
    assert stand(world.cleo, world.harbour)[:2] == (head(world.harbour), 0)


def test_no_gathered_marks_are_no_write(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        move_marks(marks={})
    move_marks(marks={(world.ben.pk, "nowhere"): 1})

"""Slow mode: some seconds between two messages of one person in a room."""

import pytest

from chat.domain.errors import Invalid, SlowMode
from chat.queries.rooms import summary, visible_room
from chat.services import memberships, messages, rooms
from chat.services.posting import post_messages
from tests.world import administrator, announced, post, say, send


@pytest.fixture
def slow(world, clock):
    rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=30)
    return world.harbour


def outcomes(sends):
    return [getattr(result, "code", "posted") for result in post_messages(sends)]


def test_the_second_message_waits_for_the_time_since_the_first(world, slow, clock):
    say(world.ben, slow, "one")
    clock.pass_(20)
    with pytest.raises(SlowMode) as refused:
        say(world.ben, slow, "two")
    assert refused.value.retry_after_ms == 10_000
    clock.pass_(10)
    say(world.ben, slow, "two")


def test_it_holds_within_one_batch_for_each_person_and_in_that_room_alone(world, slow):
    sends = [send(world.ben, slow, "1"), send(world.ben, slow, "2"), send(world.cleo, slow, "3")]
    sends += [send(world.ben, world.bridge, "4"), send(world.ben, world.bridge, "5")]
    assert outcomes(sends) == ["posted", "slow_mode", "posted", "posted", "posted"]


def test_moderators_write_as_they_like(world, slow):
    for somebody in (world.anna, world.dora, administrator()):
        say(somebody, slow, "one")
        say(somebody, slow, "two")


def test_leaving_and_coming_back_does_not_shorten_the_wait(world, slow):
    say(world.ben, slow, "one")
    memberships.leave_room(actor=world.ben, room=slow)
    memberships.join_room(actor=world.ben, room=slow)
    with pytest.raises(SlowMode):
        say(world.ben, slow, "two")


def test_what_was_written_before_slow_mode_began_counts_too_and_edits_do_not(world, clock):
    first = say(world.ben, world.harbour, "one")
    rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=30)
    with pytest.raises(SlowMode):
        say(world.ben, world.harbour, "two")
    messages.edit_message(actor=world.ben, room=world.harbour, seq=first.seq, body="one and a half")


def test_a_repeated_send_is_answered_with_the_first_message(world, slow):
    first = post(world.ben, slow, "Ahoy", client_id="once")
    assert post(world.ben, slow, "Ahoy", client_id="once").message.seq == first.message.seq


def test_the_room_tells_its_pace_to_everybody(world):
    with announced(world.harbour) as heard:
        rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=30)
    assert [event.room.slow_seconds for event in heard] == [30]
    assert visible_room(world.ben, world.harbour).slow_seconds == 30
    assert summary(world.ben, world.harbour).slow_seconds == 30
    assert rooms.create_room(actor=world.anna, slug="quay", slow_seconds=5).slow_seconds == 5


@pytest.mark.parametrize("seconds", [-1, 6 * 3600 + 1])
def test_a_pace_that_makes_no_sense_is_refused(world, seconds):
    with pytest.raises(Invalid):
        rooms.change_room(actor=world.anna, room=world.harbour, slow_seconds=seconds)

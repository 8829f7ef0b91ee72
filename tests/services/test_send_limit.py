"""The send limit: one bucket per person, on the row that every send of theirs locks."""

import pytest

from chat.domain.errors import RateLimited
from chat.queries.rooms import rooms_of
from chat.services import rooms
from chat.services.posting import post_messages
from tests.world import limit_sends, post, say, send


@pytest.fixture(autouse=True)
def three_at_once(world, settings):
    limit_sends(settings, burst=3, per_second=2)


def outcomes(sends):
    return [getattr(result, "code", "posted") for result in post_messages(sends)]


def test_within_one_batch_the_burst_is_granted_and_the_rest_refused(world):
    sends = [send(world.ben, world.harbour, f"{n}") for n in range(5)]
    assert outcomes(sends) == ["posted"] * 3 + ["rate_limited"] * 2


def test_the_limit_is_one_over_all_rooms_and_batches(world, clock):
    for room in (world.harbour, world.bridge, world.direct):
        say(world.ben, room, "Ahoy")
    with pytest.raises(RateLimited) as refused:
        say(world.ben, world.harbour, "Ahoy")
    assert refused.value.retry_after_ms == 500


def test_it_refills_with_time(world, clock):
    outcomes([send(world.ben, world.harbour, f"{n}") for n in range(3)])
    clock.pass_(1)
    assert outcomes([send(world.ben, world.harbour, f"{n}") for n in range(3)]) == ["posted", "posted", "rate_limited"]


def test_a_clock_that_went_back_locks_nobody_out(world, clock):
    outcomes([send(world.ben, world.harbour, f"{n}") for n in range(3)])
    clock.pass_(-1)
    assert outcomes([send(world.ben, world.harbour, "a")]) == ["rate_limited"]
    clock.pass_(-3600)
    assert outcomes([send(world.ben, world.harbour, f"{n}") for n in range(2)]) == ["posted", "rate_limited"]
    clock.pass_(0.5)
    assert outcomes([send(world.ben, world.harbour, "a")]) == ["posted"]


def test_others_are_not_held_back_by_it(world, clock):
    sends = [send(actor, world.harbour, f"{n}") for n in range(4) for actor in (world.ben, world.anna)]
    assert outcomes(sends) == ["posted"] * 6 + ["rate_limited"] * 2


def test_repeats_and_refused_sends_cost_nothing(world, clock):
    post(world.ben, world.harbour, "a", client_id="c")
    for _ in range(5):
        assert not post(world.ben, world.harbour, "a", client_id="c").created
        assert outcomes([send(world.ben, world.harbour, "b", reply_to=999)]) == ["invalid"]
        assert outcomes([send(world.ben, "nowhere", "b")]) == ["not_found"]
    assert outcomes([send(world.ben, world.harbour, f"{n}") for n in range(3)]) == ["posted", "posted", "rate_limited"]


def test_a_limited_first_message_joins_nothing(world, clock):
    limited = [send(world.cleo, world.harbour, f"{n}") for n in range(3)] + [send(world.cleo, "square", "Hello")]
    rooms.create_room(actor=world.anna, slug="square")
    assert outcomes(limited) == ["posted"] * 3 + ["rate_limited"]
    assert [room.room for room in rooms_of(world.cleo)] == [world.harbour]

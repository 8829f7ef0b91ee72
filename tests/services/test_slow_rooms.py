"""On PostgreSQL a room that another transaction holds delays only its own sends."""

from chat.services import collector
from tests.patience import PATIENCE
from tests.race import holding, until_others_wait
from tests.world import send


def test_sends_to_other_rooms_are_acknowledged_while_one_is_held_and_its_own_follow_in_order(world):
    with holding(world.harbour):
        held = [collector.submit(send(world.ben, world.harbour, f"{number}")) for number in range(3)]
        until_others_wait()
        held += [collector.submit(send(world.ben, world.harbour, f"{number}")) for number in range(3, 6)]
        for number in range(3):
            assert collector.submit(send(world.ben, world.bridge, f"{number}")).result(PATIENCE).created
        assert not any(future.done() for future in held)
    said = [future.result(PATIENCE).message for future in held]
    assert [message.body for message in said] == ["0", "1", "2", "3", "4", "5"]
    assert [message.seq for message in said] == list(range(said[0].seq, said[0].seq + 6))


def test_two_held_rooms_do_not_wait_for_each_other(world):
    with holding(world.bridge):
        with holding(world.harbour):
            first = collector.submit(send(world.ben, world.harbour, "a"))
            second = collector.submit(send(world.ben, world.bridge, "b"))
            until_others_wait(2)
        assert first.result(PATIENCE).created
        assert not second.done()
    assert second.result(PATIENCE).created

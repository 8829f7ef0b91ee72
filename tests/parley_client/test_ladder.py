"""Which way a client takes."""

from parley_client.ladder import Ladder


def test_a_certain_block_leads_to_the_next_way():
    ladder = Ladder(["socket", "stream", "poll"])
    assert ladder.is_blocked(certain=True)
    ladder.step_down()
    assert (ladder.way, ladder.at_top, ladder.best) == ("stream", False, "socket")


def test_a_doubtful_failure_must_happen_twice_in_a_row():
    ladder = Ladder(["socket", "stream"])
    assert not ladder.is_blocked(certain=False)
    ladder.opened()
    assert not ladder.is_blocked(certain=False)
    assert ladder.is_blocked(certain=False)


def test_below_the_last_way_all_begins_anew():
    ladder = Ladder(["socket", "stream"])
    ladder.step_down()
    assert not ladder.is_blocked(certain=True)
    assert ladder.way == "socket"


def test_doubts_of_one_way_do_not_count_against_the_next():
    ladder = Ladder(["socket", "stream", "poll"])
    ladder.is_blocked(certain=False)
    ladder.step_down()
    assert not ladder.is_blocked(certain=False)

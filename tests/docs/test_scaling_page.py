"""The page of scaling shows what its arithmetic says."""

from benchmarks.scaling import COLUMNS, Costs, Load, needs, table
from tests.docs.page import DOCS


def test_the_table_is_what_the_costs_add_up_to():
    assert table() in (DOCS / "scaling.md").read_text()


def test_a_single_worker_hears_no_other():
    alone = needs(Load(1, 10_000), Costs())
    assert alone.shares["hints"] == alone.shares["gossip"] == 0
    assert set(alone.shares) == set(COLUMNS)


def test_the_same_people_on_more_workers_take_less_of_each_and_more_of_all():
    few, many = (needs(Load(workers, 100_000), Costs()) for workers in (10, 20))
    assert many.cores < few.cores < 2 * many.cores
    assert many.gossip_mb_second > few.gossip_mb_second

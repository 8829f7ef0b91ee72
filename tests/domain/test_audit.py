"""The chain of the audit log, as plain values."""

import pytest

from chat.domain.audit import BEGINNING, Fault, Link, digest, judge

FACTS = [{"act": act} for act in ("mute", "ban", "lift", "remove")]


@pytest.fixture
def links():
    found, before = [], BEGINNING
    for number, facts in enumerate(FACTS, start=1):
        before = digest(number, facts, before)
        found.append(Link(number, facts, before))
    return found


def fault(links, heads=None):
    return judge(links, heads or {}).fault


def test_a_whole_chain_has_no_fault_and_ends_with_its_last_digest(links):
    assert judge(links, {4: links[3].digest, 2: ""}) == (4, links[3].digest, None)
    assert judge([], {}) == (0, BEGINNING, None)


@pytest.mark.parametrize("place", range(4))
def test_what_was_altered_is_found_at_its_number(links, place):
    links[place] = links[place]._replace(facts={"act": "nothing"})
    assert fault(links).number == place + 1


@pytest.mark.parametrize("place", range(3))
def test_what_was_left_out_is_found_at_its_number(links, place):
    del links[place]
    assert fault(links) == Fault(place + 1, "is missing")


@pytest.mark.parametrize("numbers_go_along", [True, False])
def test_what_was_exchanged_is_found_at_the_first_of_the_two(links, numbers_go_along):
    one, other = links[1], links[2]
    links[1], links[2] = (other, one) if numbers_go_along else (other._replace(number=2), one._replace(number=3))
    assert fault(links).number == 2


def test_a_cut_end_is_found_by_a_head(links):
    assert fault(links[:2]) is None
    assert fault(links[:2], {4: links[3].digest}) == Fault(3, "is missing")
    assert fault([], {1: ""}) == Fault(1, "is missing")


def test_a_chain_that_was_written_anew_is_found_by_a_head(links):
    forged, before = [], BEGINNING
    for link in links:
        facts = {"act": "nothing"} if link.number == 2 else link.facts
        before = digest(link.number, facts, before)
        forged.append(Link(link.number, facts, before))
    assert fault(forged) is None
    assert fault(forged, {1: links[0].digest}) is None
    assert fault(forged, {link.number: link.digest for link in links}).number == 2

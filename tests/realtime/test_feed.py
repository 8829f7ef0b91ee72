"""The feed: late, swapped, doubled and lost events become one order; edited texts are forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from chat.realtime.feed import PAGE_BYTES, PAGE_EVENTS, RING, Feed, page
from tests.realtime.fakes import created, edited, encoded, left


def feed(*events, position=0):
    """A feed that took these."""
    new = Feed("room", position)
    new.take(position, encoded(*events))
    return new


def seqs(events):
    return [event.seq for event in events]


def test_events_are_kept_in_order_and_served_from_any_place():
    known = feed(*(created(seq) for seq in range(11, 16)), position=10)
    assert known.position == 15
    assert seqs(known.between(10, 15)) == [11, 12, 13, 14, 15]
    assert seqs(known.between(12, 14)) == [13, 14]
    assert known.between(15, 15) == []
    assert known.between(9, 15) is None


def test_a_late_event_waits_for_its_predecessors():
    known = Feed("room", 0)
    assert not known.take(1, encoded(created(2)))
    assert known.has_gap
    assert known.position == 0
    assert known.take(0, encoded(created(1)))
    assert not known.has_gap
    assert seqs(known.between(0, 2)) == [1, 2]


def test_a_doubled_and_an_overlapping_hint_add_only_what_is_new():
    known = feed(created(1), created(2))
    assert not known.take(0, encoded(created(1), created(2)))
    assert known.take(1, encoded(created(2), created(3)))
    assert seqs(known.between(0, 3)) == [1, 2, 3]


def test_a_gap_that_the_log_fills_lets_the_waiting_follow_at_once():
    known = feed(created(1))
    known.take(3, encoded(created(4), created(5)))
    known.take(1, encoded(created(2), created(3)))
    assert known.position == 5
    assert not known.has_gap


def test_the_ring_forgets_the_oldest():
    known = feed(*(created(seq) for seq in range(1, RING + 2)))
    assert known.between(0, 1) is None
    assert len(known.between(1, RING + 1)) == RING


def test_what_the_log_gave_right_before_the_ring_is_served_from_it_too():
    known = feed(created(8), position=7)
    known.fill(encoded(*(created(seq) for seq in range(3, 10))), known.rewritten)
    assert seqs(known.between(2, 8)) == list(range(3, 9))
    assert known.position == 8
    known.take(8, encoded(created(9)))
    assert seqs(known.between(2, 9)) == list(range(3, 10))


def test_an_empty_ring_is_filled_up_to_the_newest_event():
    known = Feed("room", 5)
    known.fill(encoded(*(created(seq) for seq in range(4, 6))), known.rewritten)
    assert seqs(known.between(3, 5)) == [4, 5]


def test_the_ring_is_filled_with_the_newest_and_never_over_its_end():
    known = feed(created(RING + 11), position=RING + 10)
    read = encoded(*(created(seq) for seq in range(1, RING + 11)))
    known.fill(read, known.rewritten)
    assert known.between(10, RING + 11) is None
    assert seqs(known.between(11, RING + 11)) == list(range(12, RING + 12))
    known.fill(read, known.rewritten)
    assert seqs(known.between(11, RING + 11)) == list(range(12, RING + 12))


def test_a_page_that_does_not_reach_the_ring_is_not_kept():
    known = feed(created(8), position=7)
    known.fill(encoded(created(5), created(6)), known.rewritten)
    assert known.between(4, 8) is None


def test_a_page_read_while_a_text_was_rewritten_is_not_kept():
    known = feed(created(8), position=7)
    before = known.rewritten
    known.take(8, encoded(edited(9, 6)))
    known.fill(encoded(created(6, "before"), created(7)), before)
    assert known.between(5, 9) is None


def test_of_a_page_read_while_a_text_was_rewritten_what_stands_before_it_is_still_true():
    known = feed(created(8), edited(9, 1), position=7)
    before = known.rewritten
    read = encoded(created(1), created(2), edited(3, 4), created(4), created(5))
    assert known.still_true(read, before) == read
    known.take(9, encoded(edited(10, 4)))
    assert seqs(known.still_true(read, before)) == [1, 2]
    known.take(10, encoded(edited(11, 1)))
    assert known.still_true(read, before) == []
    assert known.still_true(read, known.rewritten) == read


def test_of_a_page_during_whose_read_more_was_rewritten_than_is_remembered_nothing_is_taken_for_true():
    known = feed(*(edited(seq, 1) for seq in range(2, RING + 3)), position=1)
    assert known.still_true(encoded(created(1)), 0) == []


def test_an_edit_takes_the_earlier_text_out_of_the_ring():
    known = feed(
        created(1), created(2, "before"), edited(3, 2, "between"), created(4), created(5), edited(6, 2, "after")
    )
    held = known.between(3, 6)
    assert b"after" in held[-1].json
    for after in range(3):
        assert known.between(after, 6) is None
    assert not any(b"before" in event.json or b"between" in event.json for event in held)


def test_an_edit_of_a_message_older_than_the_ring_keeps_the_ring():
    known = feed(created(6), edited(7, 2), created(8), position=5)
    assert seqs(known.between(5, 8)) == [6, 7, 8]


def test_a_frame_ends_with_an_event_that_narrows_rights():
    known = feed(created(1), left(2, who=3), created(3))
    assert seqs(known.next_frame()) == [1, 2]
    known.sent = 2
    assert seqs(known.next_frame()) == [3]
    known.sent = 3
    assert known.next_frame() == []


def test_a_frame_holds_no_more_than_a_page():
    many = [created(seq) for seq in range(1, PAGE_EVENTS + 10)]
    assert len(feed(*many).next_frame()) == PAGE_EVENTS
    large = [created(seq, "x" * 7000) for seq in range(1, 60)]
    assert sum(len(event.json) for event in feed(*large).next_frame()) <= PAGE_BYTES


def test_a_page_holds_one_event_however_large():
    [large] = encoded(created(1, "x" * PAGE_BYTES))
    assert page([large, *encoded(created(2))]) == [large]
    assert page([]) == []


def test_what_the_ring_forgot_unsent_is_left_to_catch_up():
    known = feed(created(1), created(2), edited(3, 2))
    assert seqs(known.next_frame()) == [3]
    assert known.sent == 2


@given(st.data())
def test_any_order_of_any_cuts_gives_each_event_once_in_order(data):
    count = data.draw(st.integers(1, 30))
    cut = st.integers(0, count).flatmap(lambda a: st.tuples(st.just(a), st.integers(a, count)))
    hints = data.draw(st.permutations([(seq, seq + 1) for seq in range(count)] + data.draw(st.lists(cut))))
    known = Feed("room", 0)
    taken = 0
    for after, upto in hints:
        moved = known.take(after, encoded(*(created(seq) for seq in range(after + 1, upto + 1))))
        assert moved == (known.position > taken)
        taken = known.position
        assert seqs(known.between(0, taken)) == list(range(1, taken + 1))
    assert taken == count
    assert not known.has_gap

import pytest

from chat.domain.cursors import MAX_SEQ, Position, check_cursor, check_seq, judge
from chat.domain.errors import Invalid

HERE = Position(epoch="now", oldest=10, head=20)


@pytest.mark.parametrize("seq", [0, 1, MAX_SEQ])
def test_a_number_a_browser_keeps_exact_is_a_seq(seq):
    assert check_seq(seq, "seq") == seq


@pytest.mark.parametrize("seq", [-1, MAX_SEQ + 1, 10**30])
def test_any_other_number_is_refused_by_its_name(seq):
    with pytest.raises(Invalid) as refused:
        check_seq(seq, "before")
    assert list(refused.value.fields) == ["before"]


@pytest.mark.parametrize("after", [9, 10, 15, 20])
def test_a_cursor_from_just_before_the_oldest_event_up_to_the_head_can_be_followed(after):
    assert judge(after=after, epoch="now", position=HERE) is None


@pytest.mark.parametrize(
    ("after", "epoch", "reason"),
    [
        (15, "then", "epoch"),
        (0, "then", "epoch"),
        (21, "now", "ahead"),
        (8, "now", "trimmed"),
        (0, None, "trimmed"),
    ],
)
def test_any_other_cursor_says_why_it_cannot(after, epoch, reason):
    assert judge(after=after, epoch=epoch, position=HERE) == reason


def test_only_a_cursor_at_the_beginning_may_leave_out_its_epoch():
    check_cursor(after=0, epoch=None)
    assert judge(after=0, epoch=None, position=Position("now", 1, 20)) is None
    with pytest.raises(Invalid) as refused:
        check_cursor(after=1, epoch=None)
    assert list(refused.value.fields) == ["epoch"]


@pytest.mark.parametrize("after", [-1, MAX_SEQ + 1])
def test_what_can_be_no_seq_is_no_cursor_whatever_its_epoch(after):
    with pytest.raises(Invalid) as refused:
        check_cursor(after=after, epoch="then")
    assert list(refused.value.fields) == ["after"]

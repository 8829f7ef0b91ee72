"""Reports and appeals: who may bring them, what a decision does, and that each is decided once."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from chat import bus, models
from chat.domain.errors import Conflict, Forbidden, Invalid, Muted, NotFound, RateLimited
from chat.domain.news import PersonNews
from chat.services import cases, messages, sanctions
from chat.services.cases import Measure
from tests.race import race
from tests.world import administrator, post, say

Case = models.Case


@pytest.fixture(autouse=True)
def nothing_spent():
    cache.clear()


@pytest.fixture
def seq(world):
    return say(world.ben, world.harbour, "buy now").seq


def report(actor, seq, reason="spam", room="harbour"):
    return cases.report_message(actor=actor, room=room, seq=seq, reason=reason)


def decide(actor, case, state, **options):
    return cases.decide(actor=actor, number=case.pk, state=state, reason="looked at", **options)


def muted(world, **options):
    return sanctions.impose(actor=world.dora, person=world.ben, kind="mute", reason="spam", **options)


def message(seq):
    return models.Message.objects.get(room__slug="harbour", seq=seq)


def last_act():
    return models.AuditEntry.objects.latest("number")


def test_all_who_reported_are_told_that_it_is_decided(world, seq):
    case = report(world.anna, seq).case
    report(world.cleo, seq)
    with bus.capture() as news:
        decide(world.dora, case, "ignored")
    assert {each for each in news if isinstance(each, PersonNews)} == {
        PersonNews(world.anna.pk, "reports"), PersonNews(world.cleo.pk, "reports")
    }  # fmt: skip


# --- Reports ----------------------------------------------------------------------------------------------------------


def test_all_who_report_a_message_bring_one_case_and_each_reports_once(world, seq):
    first, again, other = report(world.anna, seq), report(world.anna, seq, "again"), report(world.cleo, seq, "ads")
    assert first == again and first.reason == again.reason == "spam"
    case = Case.objects.get()
    assert [row.reason for row in case.reports.order_by("pk")] == ["spam", "ads"]
    assert other.case == case and (case.state, str(case)) == ("open", f"report of message {seq} in #harbour")
    assert str(first) == "anna: spam"


def test_what_is_decided_can_be_reported_anew(world, seq):
    decide(world.dora, report(world.anna, seq).case, "ignored")
    assert report(world.anna, seq).case.state == "open"
    assert Case.objects.count() == 2


def test_who_may_not_read_reports_nothing_and_nobody_reports_themselves(world, seq):
    hidden = say(world.anna, world.bridge, "secret").seq
    with pytest.raises(NotFound):
        report(world.cleo, hidden, room=world.bridge)
    with pytest.raises(NotFound):
        report(world.anna, seq + 100)
    with pytest.raises(Forbidden):
        report(world.ben, seq)
    with pytest.raises(Invalid):
        report(world.anna, seq, " ")
    messages.delete_message(actor=world.ben, room=world.harbour, seq=seq)
    with pytest.raises(Conflict):
        report(world.anna, seq)
    assert not Case.objects.exists()


def test_who_is_muted_may_report(world):
    seq = say(world.anna, world.harbour, "go away").seq
    muted(world, room=world.harbour)
    assert report(world.ben, seq).case.state == "open"


def test_reports_and_appeals_are_limited_together(world, seq, settings):
    settings.PARLEY = {**settings.PARLEY, "REPORTS_PER_PERSON": "1/hour"}
    other = say(world.anna, world.harbour, "so what").seq
    made = muted(world, room=world.harbour)
    report(world.ben, other)
    with pytest.raises(RateLimited):
        cases.appeal(actor=world.ben, sanction=made, reason="why?")


# --- Decisions on reports ---------------------------------------------------------------------------------------------


def test_to_agree_removes_the_message_for_everyone_with_the_reason(world, seq):
    case = decide(world.dora, report(world.anna, seq).case, "agreed")
    gone = message(seq)
    assert (gone.body, gone.deleted_by, gone.deleted_reason) == ("", "moderator", "looked at")
    assert (case.state, case.decided_by, case.answer) == ("agreed", world.dora, "looked at")
    entry = last_act()
    assert (entry.act, entry.person, entry.message, entry.reason) == ("report.decided", world.ben, seq, "looked at")
    assert entry.details == {"case": case.pk, "state": "agreed"}


@pytest.mark.parametrize("everywhere", [False, True])
def test_to_agree_may_mute_or_ban_the_author_too(world, seq, everywhere):
    end = timezone.now() + timedelta(days=1)
    actor = administrator() if everywhere else world.dora
    measure = Measure("ban", everywhere, end)
    decide(actor, report(world.anna, seq).case, "agreed", measure=measure)
    made = models.Sanction.objects.get()
    assert (made.kind, made.person, made.reason, made.ends_at) == ("ban", world.ben, "looked at", end)
    assert (made.room is None) == everywhere
    assert message(seq).deleted_by == "moderator"


def test_a_measure_that_is_refused_leaves_all_as_it_was(world, seq):
    case = report(world.anna, seq).case
    with pytest.raises(Forbidden):
        decide(world.dora, case, "agreed", measure=Measure("ban", everywhere=True))
    case.refresh_from_db()
    assert (case.state, message(seq).deleted_at) == ("open", None)


def test_to_agree_with_what_is_gone_already_only_decides(world, seq):
    case = report(world.anna, seq).case
    messages.delete_message(actor=world.ben, room=world.harbour, seq=seq)
    assert decide(world.dora, case, "agreed").state == "agreed"
    assert message(seq).deleted_by == "author"


def test_to_disagree_brings_back_what_was_removed(world, seq):
    case = report(world.anna, seq).case
    messages.delete_message(actor=world.anna, room=world.harbour, seq=seq, reason="ads")
    decide(world.dora, case, "disagreed")
    assert (message(seq).body, message(seq).deleted_at) == ("buy now", None)


def test_who_is_muted_brings_nothing_back(world, seq):
    case = report(world.anna, seq).case
    messages.delete_message(actor=world.anna, room=world.harbour, seq=seq, reason="ads")
    sanctions.impose(actor=world.anna, person=world.dora, kind="mute", reason="rants", room=world.harbour)
    with pytest.raises(Muted):
        decide(world.dora, case, "disagreed")
    assert message(seq).deleted_at


@pytest.mark.parametrize("state", ["disagreed", "ignored"])
def test_what_stands_or_is_erased_stays_as_it_is(world, seq, state):
    assert decide(world.dora, report(world.anna, seq).case, state).state == state
    assert message(seq).body == "buy now"
    case = report(world.anna, seq).case
    messages.delete_message(actor=world.anna, room=world.harbour, seq=seq, reason="ads")
    models.Quarantine.objects.update(ends_at=timezone.now())
    assert decide(world.dora, case, state).state == state
    assert message(seq).body == ""


def test_only_moderators_of_the_room_decide(world, seq):
    case = report(world.anna, seq).case
    for actor in (world.ben, world.cleo):
        with pytest.raises(Forbidden):
            decide(actor, case, "ignored")
    with pytest.raises(NotFound):
        cases.decide(actor=world.dora, number=case.pk + 1, state="ignored", reason="x")
    for state, reason in (("open", "x"), ("odd", "x"), ("ignored", " ")):
        with pytest.raises(Invalid):
            cases.decide(actor=world.dora, number=case.pk, state=state, reason=reason)
    assert Case.objects.get().state == "open"


def test_of_two_moderators_at_once_the_second_hears_that_it_is_decided(world, seq):
    case = report(world.anna, seq).case
    measure = Measure("mute")
    found = race(
        lambda: decide(world.anna, case, "agreed", measure=measure),
        lambda: decide(world.dora, case, "agreed", measure=measure),
    )
    [decided] = [each for each in found if isinstance(each, Case)]
    [refused] = [each for each in found if isinstance(each, Conflict)]
    assert f"{decided.decided_by.username} has decided this already: agreed." == refused.message
    assert models.Sanction.objects.count() == 1, "nothing of the second one's is done"


# --- Appeals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("everywhere", [False, True])
def test_an_appeal_that_is_agreed_with_lifts_the_sanction(world, everywhere):
    root = administrator()
    made = sanctions.impose(
        actor=root, person=world.ben, kind="mute", reason="spam", room=None if everywhere else world.harbour
    )
    case = cases.appeal(actor=world.ben, sanction=made, reason="It was my sister.").case
    assert str(case) == f"appeal against {made}"
    decide(root, case, "agreed")
    assert post(world.ben, world.harbour, "thanks").created
    entry = last_act()
    assert (entry.act, entry.person, entry.message) == ("appeal.decided", world.ben, None)
    assert (entry.room is None) == everywhere


def test_an_appeal_that_is_disagreed_with_changes_nothing_and_there_is_no_other(world):
    made = muted(world, room=world.harbour)
    case = cases.appeal(actor=world.ben, sanction=made, reason="why?").case
    with pytest.raises(Forbidden):
        decide(world.ben, case, "agreed")
    decide(world.dora, case, "disagreed")
    with pytest.raises(Muted):
        post(world.ben, world.harbour, "hello")
    with pytest.raises(Conflict, match="already"):
        cases.appeal(actor=world.ben, sanction=made, reason="why again?")
    with pytest.raises(Conflict, match="dora has decided this already: disagreed"):
        decide(world.anna, case, "agreed")


def test_appeals_are_the_persons_own_and_against_what_is_in_force(world):
    made = muted(world, room=world.harbour)
    with pytest.raises(NotFound):
        cases.appeal(actor=world.anna, sanction=made, reason="for him")
    sanctions.lift(actor=world.dora, sanction=made)
    with pytest.raises(Conflict, match="over"):
        cases.appeal(actor=world.ben, sanction=made, reason="why?")

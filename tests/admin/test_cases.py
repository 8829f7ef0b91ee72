"""The queue of the moderators: what waits, in its place, and what a decision there does."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from chat.models import Case, Message, Sanction
from chat.services import cases, messages, sanctions
from tests.admin.desk import act, events, shown, told, url
from tests.world import post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_spent():
    cache.clear()


@pytest.fixture
def case(say, ben, anna, room):
    """Anna reports what Ben wrote between two messages of hers."""
    say("before")
    seq = say("buy now", author=ben).seq
    say("behind")
    return cases.report_message(actor=anna, room=room, seq=seq, reason="an advert").case


@pytest.fixture
def appeal(admin, ben):
    made = sanctions.impose(actor=admin, person=ben, kind="mute", reason="spam")
    return cases.appeal(actor=ben, sanction=made, reason="It was my sister.").case


def decide(client, case, state, reason="looked at", **fields):
    address = reverse("admin:chat_case_decide", args=[case.pk])
    return client.post(address, {"state": state, "reason": reason, **fields}, follow=True)


def state(case):
    case.refresh_from_db()
    return case.state


def test_the_list_has_what_waits_and_on_request_what_is_decided(desk, admin, case, appeal):
    page = shown(desk.get(url(Case, "changelist")))
    assert f"ben, message {case.message.seq} in #kitchen" in page
    assert "an advert" in page and "Appeal: mute of ben everywhere" in page
    cases.decide(actor=admin, number=case.pk, state="ignored", reason="x")

    def found(**query):
        return {row.pk for row in desk.get(url(Case, "changelist"), query).context["cl"].result_list}

    assert found() == {appeal.pk}
    assert found(state="ignored") == {case.pk}
    assert found(state="all") == {case.pk, appeal.pk}


def test_a_report_shows_what_was_written_around_it_and_what_was_removed(desk, admin, case, room):
    page = shown(desk.get(url(case, "change")))
    assert all(words in page for words in ("an advert", "before", "buy now", "behind", "remove the message"))
    messages.delete_message(actor=admin, room=room, seq=case.message.seq, reason="ads")
    assert "buy now" in shown(desk.get(url(case, "change")))


def test_to_agree_removes_the_message_in_open_pages_and_may_ban_its_author(desk, case, ben, room, heard):
    answer = decide(desk, case, "agreed", sanction="ban", hours="24")
    assert told(answer) == [f"Decided: {case}."]
    assert [event.kind for event in events(heard)] == ["message.deleted", "member.left"]
    made = Sanction.objects.get()
    assert (made.kind, made.person, made.room.slug, made.reason) == ("ban", ben, room, "looked at")
    assert made.ends_at and state(case) == "agreed"


def test_without_a_span_it_lasts_until_it_is_lifted(desk, case):
    decide(desk, case, "agreed", sanction="mute", hours="", everywhere="on")
    made = Sanction.objects.get()
    assert (made.kind, made.room, made.ends_at) == ("mute", None, None)


@pytest.mark.parametrize(("chosen", "body"), [("disagreed", "buy now"), ("ignored", "")])
def test_to_disagree_brings_back_and_to_ignore_leaves(desk, admin, case, room, chosen, body):
    messages.delete_message(actor=admin, room=room, seq=case.message.seq, reason="ads")
    decide(desk, case, chosen)
    assert Message.objects.get(pk=case.message_id).body == body
    assert state(case) == chosen


def test_a_reason_is_asked_for(desk, case):
    assert told(decide(desk, case, "agreed", reason=" ")) == ["Choose a decision and give a reason."]
    assert state(case) == "open"


def test_an_appeal_shows_what_it_is_against_and_is_agreed_with_or_not(desk, appeal, ben, room):
    page = shown(desk.get(url(appeal, "change")))
    assert all(words in page for words in ("It was my sister.", "mute of ben everywhere", "lift it now"))
    decide(desk, appeal, "agreed")
    assert post(ben, room, "thanks").created
    assert "lift it now" not in shown(desk.get(url(appeal, "change")))


def test_who_comes_second_hears_that_it_is_decided(desk, anna, case):
    cases.decide(actor=anna, number=case.pk, state="ignored", reason="harmless")
    [words] = told(decide(desk, case, "agreed"))
    assert "anna has decided this already: ignored." in words
    assert Message.objects.get(pk=case.message_id).body == "buy now"


def test_removed_texts_are_shown_and_decided_on_by_moderators_alone(staff, case):
    client = staff("view_case", "change_case")
    assert "doesn’t exist" in shown(client.get(url(case, "change"), follow=True))
    assert decide(client, case, "agreed").status_code == 404
    assert state(case) == "open"


def test_who_may_only_look_decides_nothing(staff, case):
    client = staff("view_case", "delete_message")
    assert "Decide" not in shown(client.get(url(case, "change"))).replace("Decided", "")
    assert decide(client, case, "agreed").status_code == 403


def test_several_are_decided_at_once_after_a_question_with_a_reason(desk, case, appeal, heard):
    assert "I’m sure" in shown(act(desk, "agree_selected", [case, appeal]))
    assert told(act(desk, "agree_selected", [case, appeal], post="yes")) == ["Give a reason."]
    act(desk, "agree_selected", [case, appeal], post="yes", reason="so it is")
    assert (state(case), state(appeal)) == ("agreed", "agreed")
    assert [event.message.deleted.reason for event in events(heard)] == ["so it is"]
    assert Sanction.objects.get().lifted_at


def test_several_are_ignored_at_once(desk, case, heard):
    act(desk, "ignore_selected", [case], post="yes", reason="nothing to see")
    assert state(case) == "ignored"
    assert events(heard) == []

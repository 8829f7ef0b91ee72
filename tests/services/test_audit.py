"""Every act of a moderator is an entry of the audit log, in the transaction of the act, and nothing else is."""

import logging

import pytest
from django.contrib.auth.models import User

from chat import models
from chat.domain.errors import ChatError
from chat.queries import audit
from chat.services import (
    accounts,
    farewell,
    guests,
    installation,
    memberships,
    messages,
    review,
    rooms,
    sanctions,
    tokens,
    word_rules,
)
from tests.race import race
from tests.world import administrator, person, post, say

Act = models.AuditEntry.Act


@pytest.fixture(autouse=True)
def heads(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "new" / "heads.log"
    return settings.AUDIT_HEADS


def entries(after=0):
    return list(models.AuditEntry.objects.filter(number__gt=after).order_by("number"))


def only_entry(act, after):
    [entry] = entries(after)
    assert entry.act == act
    return entry


def last():
    return models.Installation.objects.get().audit_head


def test_a_removal_tells_where_whose_and_why_but_not_what(world):
    seq, before = say(world.ben, world.harbour, "the secret").seq, last()
    messages.delete_message(actor=world.dora, room=world.harbour, seq=seq, reason="spam")
    entry = only_entry(Act.MESSAGE_REMOVED, before)
    assert (entry.actor, entry.person, entry.room.slug) == (world.dora, world.ben, world.harbour)
    assert (entry.message, entry.reason, entry.details) == (seq, "spam", {})
    assert str(entry) == f"act {before + 1}, message.removed"


def acts_of(world):
    """Every act of a moderator or administrator, with the entry that it leaves."""
    root, harbour, ben = administrator(), world.harbour, world.ben
    token, _ = tokens.create_token(actor=ben, person=ben, name="x")
    muted = {}

    def mute():
        muted["row"] = sanctions.impose(actor=world.dora, person=ben, kind="mute", room=harbour, reason="spam")

    def rule(pattern, **options):
        word_rules.save_rule(actor=root, pattern=pattern, action="hold", **options)

    def decide(how):
        post(ben, harbour, "odd")
        how(actor=world.dora, held=models.HeldMessage.objects.get(state="waiting"))

    return root, [
        (Act.MUTED, mute),
        (Act.MUTE_LIFTED, lambda: sanctions.lift(actor=world.dora, sanction=muted["row"], reason="enough")),
        (Act.RULE_SAVED, lambda: rule("odd")),
        (Act.RULE_SAVED, lambda: rule("odd*", rule_id=models.WordRule.objects.get().pk)),
        (Act.MESSAGE_APPROVED, lambda: decide(review.approve)),
        (Act.MESSAGE_REJECTED, lambda: decide(review.reject)),
        (Act.RULE_ENDED, lambda: word_rules.end_rule(actor=root, rule_id=models.WordRule.objects.get().pk)),
        (Act.MEMBER_CHANGED, lambda: memberships.change_member(
            actor=world.anna, room=harbour, username="ben", role="guest")),
        (Act.MEMBER_REMOVED, lambda: memberships.remove_member(
            actor=world.dora, room=harbour, username="ben", reason="spam")),
        (Act.MEMBER_ADDED, lambda: memberships.add_member(actor=world.dora, room=harbour, username="ben")),
        (Act.ROOM_CHANGED, lambda: rooms.change_room(actor=world.anna, room=harbour, title="Quay")),
        (Act.ROOM_ARCHIVED, lambda: rooms.archive_room(actor=world.anna, room=harbour)),
        (Act.ROOM_REOPENED, lambda: rooms.unarchive_room(actor=world.anna, room=harbour)),
        (Act.ACCOUNT_CHANGED, lambda: accounts.change_profile(actor=root, person=ben, display_name="Benno")),
        (Act.ACCOUNT_CHANGED, lambda: accounts.drop_second_factor(actor=root, person=ben)),
        (Act.TOKEN_REVOKED, lambda: tokens.revoke_token(actor=root, token_id=token.pk)),
        (Act.TOKEN_MADE, lambda: tokens.create_token(actor=root, person=world.tide, name="x")),
        (Act.ACCOUNT_CHANGED, lambda: guests.set_guest(actor=root, person=ben, guest=True)),
        (Act.BANNED, lambda: sanctions.impose(actor=root, person=ben, kind="ban", reason="spam")),
        (Act.BAN_LIFTED, lambda: sanctions.lift(
            actor=root, sanction=models.Sanction.objects.get(kind="ban"))),
        (Act.ACCOUNT_DEACTIVATED, lambda: accounts.deactivate(actor=root, person=ben)),
        (Act.ACCOUNT_ACTIVATED, lambda: accounts.activate(actor=root, person=ben)),
        (Act.INSTALLATION_CHANGED, lambda: installation.change_installation(actor=root, sign_up="closed")),
    ]  # fmt: skip


def test_every_act_leaves_one_entry_and_the_log_is_whole(world, heads):
    begun = last()
    root, acts = acts_of(world)
    for act, do in acts:
        before = last()
        do()
        entry = only_entry(act, before)
        assert entry.actor in (root, world.anna, world.dora)
    before = last()
    farewell.erase_person(actor=root, person=world.ben)
    assert [entry.act for entry in entries(before)] == [Act.ACCOUNT_DEACTIVATED, Act.ACCOUNT_ERASED]
    assert len(heads.read_text().splitlines()) == last() - begun
    verdict, unsigned = audit.verify()
    assert (verdict.number, verdict.fault, unsigned) == (last(), None, 0)


def test_what_undoing_takes_is_noted(world):
    rooms.change_room(actor=world.anna, room=world.harbour, title="Quay", topic="Boats")
    assert entries()[-1].details == {
        "now": {"title": "Quay", "topic": "Boats"},
        "was": {"title": "harbour", "topic": ""},
    }
    memberships.remove_member(actor=world.anna, room=world.harbour, username="dora", reason="gone")
    assert (entries()[-1].details, entries()[-1].reason) == ({"role": "moderator"}, "gone")
    made = sanctions.impose(actor=world.anna, person=world.ben, kind="ban", room=world.harbour, reason="spam")
    assert entries()[-1].details == {"sanction": made.pk, "ends_at": None}


def test_what_people_do_to_themselves_and_what_changes_nothing_is_none(world):
    before, mine = last(), say(world.ben, world.harbour, "slip").seq
    token, _ = tokens.create_token(actor=world.ben, person=world.ben, name="x")
    tokens.revoke_token(actor=world.ben, token_id=token.pk)
    messages.delete_message(actor=world.ben, room=world.harbour, seq=mine)
    memberships.join_room(actor=world.cleo, room=world.harbour)
    person("emil")
    memberships.add_member(actor=world.cleo, room=world.harbour, username="emil")
    memberships.leave_room(actor=world.dora, room=world.harbour)
    rooms.change_room(actor=world.anna, room=world.harbour, title="harbour")
    accounts.activate(actor=administrator(), person=world.ben)
    farewell.erase_person(actor=world.ben, person=world.ben)
    assert entries(before) == []


def test_an_act_that_is_refused_leaves_none(world):
    before = last()
    with pytest.raises(ChatError):
        sanctions.impose(actor=world.dora, person=world.anna, kind="mute", room=world.harbour, reason="spam")
    assert entries(before) == []


def test_acts_at_once_are_numbered_without_holes(world):
    people = [person(f"crowd-{number}") for number in range(6)]
    for each in people:
        memberships.join_room(actor=each, room=world.harbour)
    before = last()

    def mute(each):
        sanctions.impose(
            actor=User.objects.get(username="anna"), person=each, kind="mute", room=world.harbour, reason="x"
        )

    race(*(lambda each=each: mute(each) for each in people))
    assert [entry.number for entry in entries(before)] == list(range(before + 1, before + 7))
    assert audit.verify().verdict.fault is None


def test_an_act_stands_when_its_head_cannot_be_written(world, settings, tmp_path, caplog):
    settings.AUDIT_HEADS = tmp_path
    before = last()
    with caplog.at_level(logging.ERROR):
        rooms.archive_room(actor=world.anna, room=world.harbour)
    assert only_entry(Act.ROOM_ARCHIVED, before)
    assert "was not written" in caplog.text


def test_the_log_goes_on_where_its_last_entry_was_deleted(world):
    models.AuditEntry.objects.filter(number=last()).delete()
    rooms.archive_room(actor=world.anna, room=world.harbour)
    assert audit.verify().verdict.fault.number == last() - 1

"""Word rules and newcomers' limits, on what is sent and on what is edited."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from chat import models
from chat.domain.errors import Blocked, Forbidden, Invalid, NotFound, Unauthenticated
from chat.services import messages, word_rules
from chat.services.posting import post_messages
from tests.world import administrator, fresh, head, post, say, send


def rule(actor, action="block", pattern="bad*", room=None, **options):
    found = models.Room.objects.get(slug=room) if room else None
    return word_rules.save_rule(actor=actor, pattern=pattern, action=action, room=found, **options)


def edit(actor, message, body):
    return messages.edit_message(actor=actor, room=message.room, seq=message.seq, body=body)


def test_what_a_rule_blocks_is_neither_sent_nor_edited_in_and_the_rule_is_not_told(world):
    rule(administrator())
    mine = say(world.ben, world.harbour, "fine")
    before = head(world.harbour)
    for write in (lambda: say(world.ben, world.harbour, "so BÄDLY"), lambda: edit(world.ben, mine, "b**a**d")):
        with pytest.raises(Blocked) as refused:
            write()
        assert "bad" not in refused.value.explained.lower()
    assert head(world.harbour) == before


def test_what_a_rule_masks_is_stored_masked_and_repeats_are_known_by_what_was_sent(world):
    rule(administrator(), "mask")
    sent = post(world.ben, world.harbour, "so badly @anna", client_id="once")
    assert (sent.message.body, sent.message.mentions) == ("so ▇▇▇▇▇ @anna", ["anna"])
    assert not post(world.ben, world.harbour, "so badly @anna", client_id="once").created
    edited = edit(world.ben, sent.message, "bad, bad")
    assert (edited.body, edited.html) == ("▇▇▇, ▇▇▇", "<p>▇▇▇, ▇▇▇</p>")
    assert not models.Message.objects.filter(body__contains="bad").exists()


def test_a_rule_of_a_room_holds_there_alone_and_one_without_everywhere(world):
    rule(world.anna, room=world.harbour)
    assert say(world.ben, world.bridge, "bad").body == "bad"
    sends = [send(world.ben, world.harbour, "bad"), send(world.ben, world.bridge, "bad")]
    assert [getattr(result, "code", "posted") for result in post_messages(sends)] == ["blocked", "posted"]


def test_a_rule_spares_whom_it_says(world):
    root = administrator()
    rule(root, spares="moderator")
    for somebody in (world.anna, world.dora, root):
        say(somebody, world.harbour, "bad")
    rule(root, pattern="worse", spares="")
    for somebody in (world.anna, world.dora, root):
        with pytest.raises(Blocked):
            say(somebody, world.harbour, "worse")


def test_a_rule_that_is_changed_or_ended_counts_from_then_on(world):
    root = administrator()
    made = rule(root, pattern="bad")
    changed = rule(root, "mask", pattern="worse", rule_id=made.pk)
    assert (changed.pk, changed.pattern, changed.action) == (made.pk, "worse", "mask")
    assert [say(world.ben, world.harbour, body).body for body in ("bad", "worse")] == ["bad", "▇▇▇▇▇"]
    word_rules.end_rule(actor=root, rule_id=made.pk)
    assert say(world.ben, world.harbour, "worse").body == "worse"


def test_owners_set_rules_in_their_rooms_and_who_moderates_the_site_everywhere(world):
    mine = rule(world.anna, room=world.bridge)
    for somebody in (world.ben, world.dora):
        for refused in (
            lambda actor=somebody: rule(actor, room=world.harbour),
            lambda actor=somebody: rule(actor),
            lambda actor=somebody: word_rules.end_rule(actor=actor, rule_id=mine.pk),
            lambda actor=somebody: rule(actor, rule_id=mine.pk),
        ):
            with pytest.raises(Forbidden):
                refused()
    with pytest.raises(Forbidden):
        rule(world.anna)
    with pytest.raises(Unauthenticated):
        rule(User(pk=10**9, username="nobody", is_active=True))
    word_rules.end_rule(actor=administrator(), rule_id=mine.pk)
    for gone in (
        lambda: word_rules.end_rule(actor=world.anna, rule_id=mine.pk),
        lambda: rule(world.anna, rule_id=mine.pk),
        lambda: rule(world.cleo, room=world.bridge),
    ):
        with pytest.raises(NotFound):
            gone()


@pytest.mark.parametrize(
    "options",
    [{"action": "shout"}, {"kind": "glob"}, {"spares": "guest"}, {"pattern": "*"}, {"pattern": "(", "kind": "regex"}],
    ids=str,
)
def test_a_rule_that_makes_no_sense_is_refused(world, options):
    with pytest.raises(Invalid):
        rule(world.anna, room=world.harbour, **options)
    assert not models.WordRule.objects.exists()


# --- Newcomers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(world, settings):
    """Ben and dora have just come; new accounts are held back for ten minutes."""
    settings.PARLEY = {**settings.PARLEY, "NEWCOMER_MINUTES": 10, "NEWCOMER_MENTIONS": 1}
    User.objects.exclude(username__in=["ben", "dora"]).update(date_joined=timezone.now() - timedelta(minutes=10))


@pytest.mark.parametrize("body", ["https://example.org", "see example.org", "[x](http://a.example)", "@anna and @cleo"])
def test_new_accounts_post_no_links_and_call_no_crowd_until_they_are_older(world, guarded, body):
    mine = say(world.ben, world.harbour, "ahoy @anna")
    for write in (lambda: say(world.ben, world.harbour, body), lambda: edit(world.ben, mine, body)):
        with pytest.raises(Blocked, match="New accounts") as refused:
            write()
        assert 0 < refused.value.retry_after_ms <= 600_000
    for older in (world.anna, world.cleo, world.dora):
        assert say(fresh(older), world.harbour, body).body == body
    User.objects.filter(pk=world.ben.pk).update(date_joined=timezone.now() - timedelta(minutes=11))
    assert edit(world.ben, mine, body).body == body

"""What a room lets go of is gone for good, and what is left is as it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import models
from chat.domain.errors import NotFound
from chat.domain.shapes import Reset
from chat.queries import history, log
from chat.queries.installation import installation
from chat.services import cases, messages, reactions, retention
from chat.services.retention import trim_room
from tests.world import events, head, say


@pytest.fixture
def long_ago(world, monkeypatch):
    """Three messages of long ago, of which the second got its reaction today and the third was removed, and one of
    today. Chunks of two events."""
    monkeypatch.setattr(retention, "CHUNK", 2)
    old = [say(world.anna, "harbour", f"old {number} @ben") for number in range(3)]
    reactions.add_reaction(actor=world.ben, room="harbour", seq=old[0].seq, emoji="👍")
    cases.report_message(actor=world.ben, room="harbour", seq=old[0].seq, reason="spam")
    messages.delete_message(actor=world.dora, room="harbour", seq=old[2].seq, reason="a slip")
    models.Event.objects.filter(room__slug="harbour").update(at=timezone.now() - timedelta(days=40))
    reactions.add_reaction(actor=world.ben, room="harbour", seq=old[1].seq, emoji="⚓")
    say(world.ben, "harbour", "new")
    return world


def month():
    return timezone.now() - timedelta(days=30)


def bodies(world):
    return [message.body for message in history.page(world.anna, "harbour").messages]


def test_old_events_go_and_messages_that_nothing_has_changed_since(long_ago):
    newest = head("harbour")
    trimmed = trim_room(room="harbour", before=month())
    assert (trimmed.messages, trimmed.oldest) == (2, newest - 1)
    assert bodies(long_ago) == ["new", "old 1 @ben"]
    room = models.Room.objects.get(slug="harbour")
    assert (room.oldest, room.head) == (newest - 1, newest)
    assert [event.seq for event in events("harbour", newest - 2)] == [newest - 1, newest]
    assert models.Event.objects.filter(room=room).count() == 2
    assert not models.Quarantine.objects.exists() and not models.Report.objects.exists()
    assert models.Reaction.objects.count() == 1


def test_other_rooms_keep_theirs(long_ago):
    before = events("bridge")
    trim_room(room="harbour", before=month())
    assert events("bridge") == before


def test_a_cursor_of_before_is_told_to_begin_anew_and_one_behind_goes_on(long_ago):
    newest, epoch = head("harbour"), installation().epoch
    trim_room(room="harbour", before=month())
    old = log.events_after(long_ago.anna, "harbour", after=1, epoch=epoch)
    assert isinstance(old, Reset)
    assert (old.reason, old.oldest) == ("trimmed", newest - 1)
    fresh = log.events_after(long_ago.anna, "harbour", after=newest - 2, epoch=epoch)
    assert [event.seq for event in fresh.events] == [newest - 1, newest]


def test_a_dry_run_counts_the_same_and_changes_nothing(long_ago):
    before = bodies(long_ago), events("harbour")
    counted = trim_room(room="harbour", before=month(), dry_run=True)
    assert (bodies(long_ago), events("harbour")) == before
    assert trim_room(room="harbour", before=month()) == counted


def test_done_again_or_with_nothing_old_it_changes_nothing(long_ago):
    trim_room(room="harbour", before=month())
    again = trim_room(room="harbour", before=month())
    assert (again.events, again.messages) == (0, 0)
    assert trim_room(room="bridge", before=month()).oldest == 1
    with pytest.raises(NotFound):
        trim_room(room="nowhere", before=month())


def test_what_is_said_afterwards_is_numbered_on(long_ago):
    newest = head("harbour")
    trim_room(room="harbour", before=timezone.now() + timedelta(days=1))
    assert bodies(long_ago) == []
    assert say(long_ago.anna, "harbour", "and on").seq == newest + 1
    assert bodies(long_ago) == ["and on"]

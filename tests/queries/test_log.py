"""The one reader of a room's log."""

import msgspec
import pytest

from chat import models
from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import Invalid, NotFound
from chat.domain.shapes import LogPage, Reset
from chat.queries import log
from chat.queries.installation import installation
from chat.services import memberships, messages, reactions, rooms
from chat.services.installation import new_epoch
from tests.replica import snapshot
from tests.world import announced, head, say

THUMB = {"emoji": "👍"}
WITH = {messages.edit_message: {"body": "Edited"}, reactions.add_reaction: THUMB, reactions.remove_reaction: THUMB}


@pytest.fixture
def epoch(world):
    return installation().epoch


def after(world, seq, epoch, **options):
    return log.events_after(world.ben, world.harbour, after=seq, epoch=epoch, **options)


def test_pages_are_contiguous_and_the_last_one_ends_at_the_head(world, epoch):
    for number in range(7):
        say(world.ben, world.harbour, f"{number}")
    cursor, read, more = 0, [], True
    while more:
        page = after(world, cursor, epoch, limit=3)
        assert len(page.events) <= 3
        read += [event.seq for event in page.events]
        cursor, more = page.cursor, page.more
        assert (page.cursor, page.head, page.epoch) == (read[-1], head(world.harbour), epoch)
    assert read == list(range(1, head(world.harbour) + 1))


def test_at_the_head_there_is_nothing_and_the_cursor_stays(world, epoch):
    here = head(world.harbour)
    assert after(world, here, epoch) == LogPage([], here, epoch, here, more=False)


def test_the_log_tells_what_was_told_live(world, epoch):
    start = head(world.harbour)
    with announced(world.harbour) as live:
        one, two, three = (say(world.ben, world.harbour, body) for body in ("one", "two", "three"))
        messages.edit_message(actor=world.ben, room=world.harbour, seq=one.seq, body="One")
        reactions.add_reaction(actor=world.anna, room=world.harbour, seq=two.seq, emoji="👍")
        messages.pin_message(actor=world.anna, room=world.harbour, seq=three.seq)
        memberships.join_room(actor=world.cleo, room=world.harbour)
        rooms.change_room(actor=world.anna, room=world.harbour, topic="Ships")
    read = after(world, start, epoch).events
    newest = {
        event.message.seq: event.message
        for event in read
        if event.kind.startswith("message.") and "pin" not in event.kind
    }
    for told, found in zip(live, read, strict=True):
        assert (told.seq, told.kind, told.at, told.actor) == (found.seq, found.kind, found.at, found.actor)
        if told.kind == "message.created":
            assert found.message == newest[told.message.seq]
        else:
            assert told == found


@pytest.mark.parametrize(
    "changes",
    [
        [messages.pin_message, messages.unpin_message],
        [messages.pin_message, messages.edit_message],
        [messages.pin_message, messages.delete_message],
        [reactions.add_reaction, messages.edit_message],
        [reactions.add_reaction, messages.delete_message],
        [reactions.add_reaction, reactions.remove_reaction],
    ],
    ids=lambda acts: "-".join(act.__name__ for act in acts),
)
@pytest.mark.parametrize("limit", [1, 500])
def test_who_follows_on_from_an_older_page_ends_with_the_newest_state(world, changes, limit):
    message = say(world.anna, world.harbour, "Ahoy")
    held = snapshot(world.ben, world.harbour)
    for act in changes:
        act(actor=world.anna, room=world.harbour, seq=message.seq, **WITH.get(act, {}))
    held.follow(world.ben, limit)
    assert held.messages == snapshot(world.ben, world.harbour).messages


def test_a_deleted_text_is_nowhere_in_the_log(world, epoch):
    message = say(world.ben, world.harbour, "My secret @anna")
    messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="Still secret")
    messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    assert b"secret" not in msgspec.json.encode(after(world, 0, epoch))


def test_a_cursor_that_cannot_be_followed_is_reset_with_where_to_begin(world, epoch):
    here = head(world.harbour)
    models.Room.objects.filter(slug=world.harbour).update(oldest=3)
    expected = {"epoch": (1, "of another"), "ahead": (here + 1, epoch), "trimmed": (1, epoch)}
    for reason, (seq, cursor_epoch) in expected.items():
        assert after(world, seq, cursor_epoch) == Reset(world.harbour, reason, 3, here, epoch)
    assert after(world, 2, epoch).cursor == here


def test_a_new_epoch_resets_every_cursor(world, epoch):
    assert after(world, 1, epoch).events
    new = new_epoch()
    assert after(world, 1, epoch).reason == "epoch"
    assert after(world, 1, new).events


@pytest.mark.parametrize(("seq", "cursor_epoch"), [(-1, None), (1, None), (MAX_SEQ + 1, "now"), (10**30, "now")])
def test_an_impossible_cursor_is_invalid_in_every_room_alike(world, seq, cursor_epoch):
    for slug in (world.harbour, world.bridge, "nowhere"):
        with pytest.raises(Invalid):
            log.events_after(world.cleo, slug, after=seq, epoch=cursor_epoch)


def test_rights_are_asked_anew_for_every_page(world, epoch):
    first = log.events_after(world.ben, world.bridge, after=0, epoch=epoch, limit=1)
    memberships.remove_member(actor=world.anna, room=world.bridge, username="ben")
    with pytest.raises(NotFound):
        log.events_after(world.ben, world.bridge, after=first.cursor, epoch=epoch, limit=1)


def test_one_read_serves_many_and_names_those_who_may_not_have_it(world, epoch):
    people = [each.pk for each in (world.anna, world.ben, world.cleo)]
    page, refused = log.events_for(people, world.bridge, after=0, epoch=epoch)
    assert page.cursor == head(world.bridge)
    assert {pk: error.code for pk, error in refused.items()} == {world.cleo.pk: "not_found"}


def test_a_worker_repairs_its_knowledge_of_a_room_without_asking_rights(world):
    here = head(world.bridge)
    assert [event.seq for event in log.committed_after(world.bridge, after=1)] == list(range(2, here + 1))
    assert [event.seq for event in log.committed_after(world.bridge, after=0, limit=2)] == [1, 2]
    assert log.committed_after(world.bridge, after=here + 5) == []
    with pytest.raises(NotFound):
        log.committed_after("nowhere", after=0)


def test_a_page_takes_a_fixed_number_of_queries(world, epoch, django_assert_max_num_queries):
    for number in range(5):
        message = say(world.ben, world.direct, f"{number}")
        reactions.add_reaction(actor=world.anna, room=world.direct, seq=message.seq, emoji="👍")
    with django_assert_max_num_queries(7):
        log.events_after(world.ben, world.direct, after=0, epoch=epoch)

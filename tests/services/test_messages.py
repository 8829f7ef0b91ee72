"""Editing, deleting and pinning: each one event that carries the newest state, and none where nothing changes."""

import pytest

from chat import models
from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import Conflict, Forbidden, Invalid, Locked, NotFound
from chat.queries import history
from chat.services import messages, reactions, rooms
from tests.world import administrator, events, head, kinds, say

EDIT = {"body": "Changed"}
ON_A_MESSAGE = [
    (messages.edit_message, EDIT),
    (messages.delete_message, {}),
    (messages.pin_message, {}),
    (messages.unpin_message, {}),
]


@pytest.fixture
def message(world):
    return say(world.ben, world.harbour, "Ahoy @anna", client_id="c-1")


def only_event(room, after):
    [event] = events(room, after)
    return event


# --- Editing ----------------------------------------------------------------------------------------------------------


def test_an_edit_is_an_event_that_carries_the_new_text(world, message):
    before = head(world.harbour)
    edited = messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body=" **Ahoi** ")
    assert (edited.body, edited.html) == ("**Ahoi**", "<p><strong>Ahoi</strong></p>")
    assert (edited.seq, edited.version, edited.created_at) == (message.seq, before + 1, message.created_at)
    event = only_event(world.harbour, before)
    assert (event.kind, event.seq, event.actor, event.message) == ("message.edited", before + 1, "ben", edited)
    assert edited.edited_at == event.at
    assert history.message(world.cleo, world.harbour, message.seq) == edited


def test_the_same_text_again_changes_nothing(world, message):
    before = head(world.harbour)
    assert messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="Ahoy @anna ") == message
    assert head(world.harbour) == before


@pytest.mark.parametrize("name", ["anna", "dora", "cleo"])
def test_nobody_edits_anothers_message(world, message, name):
    with pytest.raises(Forbidden):
        messages.edit_message(actor=getattr(world, name), room=world.harbour, seq=message.seq, **EDIT)


def test_an_unfit_text_changes_nothing(world, message):
    with pytest.raises(Invalid):
        messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="\0")
    assert history.message(world.ben, world.harbour, message.seq) == message


# --- Deleting ---------------------------------------------------------------------------------------------------------


def test_the_authors_deletion_erases_all_they_put_into_it(world, message):
    messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="Secret @anna")
    messages.pin_message(actor=world.dora, room=world.harbour, seq=message.seq)
    reactions.add_reaction(actor=world.anna, room=world.harbour, seq=message.seq, emoji="👍")
    before = head(world.harbour)
    deleted = messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    assert (deleted.body, deleted.html, deleted.mentions, deleted.reactions) == ("", "", [], [])
    assert (deleted.pinned, deleted.edited_at, deleted.version) == (False, None, before + 1)
    assert (deleted.deleted.by, deleted.deleted.reason) == ("author", "")
    event = only_event(world.harbour, before)
    assert (event.kind, event.actor, event.message) == ("message.deleted", "ben", deleted)
    assert deleted.deleted.at == event.at


@pytest.mark.parametrize("name", ["dora", "anna"])
def test_a_moderator_deletes_with_a_reason_that_everyone_may_read(world, message, name):
    actor = getattr(world, name)
    deleted = messages.delete_message(actor=actor, room=world.harbour, seq=message.seq, reason=" Spam ")
    assert (deleted.deleted.by, deleted.deleted.reason) == ("moderator", "Spam")


def test_a_moderator_who_deletes_their_own_message_is_its_author(world):
    message = say(world.dora, world.harbour, "Oops")
    deleted = messages.delete_message(actor=world.dora, room=world.harbour, seq=message.seq)
    assert deleted.deleted.by == "author"


def test_what_was_deleted_stays_as_it_is(world, message):
    deleted = messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    before = head(world.harbour)
    again = messages.delete_message(actor=world.dora, room=world.harbour, seq=message.seq, reason="Spam")
    assert again == deleted
    assert head(world.harbour) == before


def test_members_and_strangers_delete_nobody_elses_message(world):
    message = say(world.anna, world.harbour, "Ahoy")
    for actor in (world.ben, world.cleo):
        with pytest.raises(Forbidden):
            messages.delete_message(actor=actor, room=world.harbour, seq=message.seq)


def test_who_moderates_the_site_deletes_in_rooms_they_are_not_in(world):
    message = say(world.ben, world.direct, "Ahoy")
    deleted = messages.delete_message(actor=administrator(), room=world.direct, seq=message.seq, reason="Spam")
    assert deleted.deleted.by == "moderator"


@pytest.mark.parametrize("reason", ["a\nb", "a\0", "x" * 251], ids=ascii)
def test_an_unfit_reason_deletes_nothing(world, message, reason):
    with pytest.raises(Invalid) as refused:
        messages.delete_message(actor=world.dora, room=world.harbour, seq=message.seq, reason=reason)
    assert list(refused.value.fields) == ["reason"]
    assert history.message(world.ben, world.harbour, message.seq) == message


def test_a_message_of_an_archived_room_can_still_be_deleted_but_not_edited(world, message):
    rooms.archive_room(actor=world.anna, room=world.harbour)
    with pytest.raises(Locked):
        messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, **EDIT)
    assert messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq).deleted


def test_the_log_holds_no_text(world, message):
    rows = list(models.Event.objects.filter(room__slug=world.harbour).values())
    assert "Ahoy" not in str(rows)


# --- Pinning ----------------------------------------------------------------------------------------------------------


def test_pinning_and_unpinning_are_events_of_the_message(world, message):
    before = head(world.harbour)
    pinned = messages.pin_message(actor=world.dora, room=world.harbour, seq=message.seq)
    unpinned = messages.unpin_message(actor=world.anna, room=world.harbour, seq=message.seq)
    assert (pinned.pinned, unpinned.pinned) == (True, False)
    assert [(event.kind, event.message, event.version, event.actor) for event in events(world.harbour, before)] == [
        ("message.pinned", message.seq, pinned.version, "dora"),
        ("message.unpinned", message.seq, unpinned.version, "anna"),
    ]


def test_pinning_twice_and_unpinning_what_is_not_pinned_change_nothing(world, message):
    messages.unpin_message(actor=world.dora, room=world.harbour, seq=message.seq)
    pinned = messages.pin_message(actor=world.dora, room=world.harbour, seq=message.seq)
    assert messages.pin_message(actor=world.anna, room=world.harbour, seq=message.seq) == pinned
    assert kinds(world.harbour, message.seq) == ["message.pinned"]


def test_only_moderators_pin_and_in_a_direct_room_everybody(world, message):
    with pytest.raises(Forbidden):
        messages.pin_message(actor=world.ben, room=world.harbour, seq=message.seq)
    direct = say(world.anna, world.direct, "Ahoy")
    assert messages.pin_message(actor=world.ben, room=world.direct, seq=direct.seq).pinned


# --- What all have in common ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [messages.edit_message, messages.pin_message, messages.unpin_message])
def test_what_was_deleted_is_neither_edited_nor_pinned(world, act):
    message = say(world.anna, world.harbour, "Ahoy")
    messages.delete_message(actor=world.anna, room=world.harbour, seq=message.seq)
    with pytest.raises(Conflict):
        act(actor=world.anna, room=world.harbour, seq=message.seq, **(EDIT if act is messages.edit_message else {}))


@pytest.mark.parametrize(("act", "options"), ON_A_MESSAGE)
def test_a_seq_that_is_no_message_is_not_found(world, act, options):
    for seq in (0, 1, head(world.harbour) + 1, MAX_SEQ):
        with pytest.raises(NotFound):
            act(actor=world.anna, room=world.harbour, seq=seq, **options)


@pytest.mark.parametrize(("act", "options"), ON_A_MESSAGE)
@pytest.mark.parametrize("seq", [-1, MAX_SEQ + 1, 10**30])
def test_what_can_be_no_seq_is_invalid(world, act, options, seq):
    with pytest.raises(Invalid):
        act(actor=world.anna, room=world.harbour, seq=seq, **options)


@pytest.mark.parametrize(("act", "options"), ON_A_MESSAGE)
def test_a_message_of_a_room_one_may_not_see_is_like_one_of_no_room(world, act, options):
    hidden = say(world.ben, world.bridge, "Hidden")
    answers = []
    for room, seq in ((world.bridge, hidden.seq), (world.bridge, 999), ("nowhere", hidden.seq), ("no\0where", 1)):
        with pytest.raises(NotFound) as refused:
            act(actor=world.cleo, room=room, seq=seq, **options)
        answers.append((refused.value.message, refused.value.fields))
    assert len(set(map(str, answers))) == 1

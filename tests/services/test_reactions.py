"""Reactions: each person's emoji once, every change an event with all that is on the message then."""

import pytest

from chat import models
from chat.domain.errors import Conflict, Invalid, Locked, NotFound
from chat.domain.shapes import Reaction
from chat.queries import history
from chat.queries.shapes import PEOPLE_SHOWN
from chat.services import memberships, messages, rooms
from chat.services.reactions import MOST, add_reaction, remove_reaction
from tests.world import events, head, kinds, person, say


@pytest.fixture
def message(world):
    return say(world.ben, world.harbour, "Ahoy")


def on(message, actor, emoji="👍"):
    return {"actor": actor, "room": message.room, "seq": message.seq, "emoji": emoji}


def earlier(message, reactions):
    """Reactions of (person, emoji) that are there already."""
    row = models.Message.objects.get(room__slug=message.room, seq=message.seq)
    made = [models.Reaction(message=row, user=who, emoji=emoji, created_at=row.created_at) for who, emoji in reactions]
    models.Reaction.objects.bulk_create(made)


def test_adding_and_removing_are_events_with_all_reactions_of_the_message(world, message):
    added = add_reaction(**on(message, world.anna))
    both = add_reaction(**on(message, world.dora))
    removed = remove_reaction(**on(message, world.anna))
    assert added.reactions == [Reaction("👍", 1, ["anna"])]
    assert both.reactions == [Reaction("👍", 2, ["anna", "dora"])]
    assert removed.reactions == [Reaction("👍", 1, ["dora"])]
    assert kinds(world.harbour, message.seq) == ["reaction.added", "reaction.added", "reaction.removed"]
    last = events(world.harbour, message.seq)[-1]
    assert (last.message, last.version, last.emoji, last.actor) == (message.seq, removed.version, "👍", "anna")
    assert last.reactions == removed.reactions
    assert history.message(world.ben, world.harbour, message.seq) == removed


def test_the_same_emoji_twice_is_once(world, message):
    once = add_reaction(**on(message, world.anna))
    before = head(world.harbour)
    assert add_reaction(**on(message, world.anna)) == once
    assert head(world.harbour) == before


def test_taking_back_what_is_not_there_changes_nothing(world, message):
    add_reaction(**on(message, world.dora))
    before = head(world.harbour)
    assert remove_reaction(**on(message, world.anna)).reactions == [Reaction("👍", 1, ["dora"])]
    assert head(world.harbour) == before


def test_emoji_stand_in_the_order_in_which_they_came(world, message):
    for actor, emoji in ((world.anna, "🎉"), (world.ben, "👍"), (world.dora, "🎉")):
        newest = add_reaction(**on(message, actor, emoji))
    assert [(each.emoji, each.count) for each in newest.reactions] == [("🎉", 2), ("👍", 1)]


def test_a_reaction_names_the_first_50_and_counts_all(world, message):
    crowd = [person(f"p{number:02}") for number in range(PEOPLE_SHOWN + 2)]
    earlier(message, [(each, "👍") for each in crowd[:-1]])
    [reaction] = add_reaction(**on(message, crowd[-1])).reactions
    assert reaction.count == PEOPLE_SHOWN + 2
    assert reaction.people == [each.username for each in crowd[:PEOPLE_SHOWN]]


def test_a_message_has_at_most_50_different_emoji_but_more_people_for_each(world, message):
    emoji = [chr(0x1F600 + number) for number in range(MOST + 1)]
    earlier(message, [(world.anna, each) for each in emoji[: MOST - 1]])
    add_reaction(**on(message, world.anna, emoji[MOST - 1]))
    with pytest.raises(Conflict):
        add_reaction(**on(message, world.dora, emoji[MOST]))
    assert len(add_reaction(**on(message, world.dora, emoji[0])).reactions) == MOST


def test_the_first_reaction_of_a_stranger_joins_an_open_room(world, message):
    add_reaction(**on(message, world.cleo))
    assert kinds(world.harbour, message.seq) == ["member.joined", "reaction.added"]
    assert models.Membership.objects.filter(room__slug=world.harbour, user=world.cleo, role="member").exists()


def test_taking_back_joins_nothing(world, message):
    remove_reaction(**on(message, world.cleo))
    assert head(world.harbour) == message.seq


def test_a_deleted_message_takes_no_reactions(world, message):
    messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    with pytest.raises(Conflict):
        add_reaction(**on(message, world.anna))
    assert remove_reaction(**on(message, world.anna)).reactions == []


@pytest.mark.parametrize("act", [add_reaction, remove_reaction])
def test_a_room_one_may_not_see_or_that_is_archived_takes_none(world, act):
    hidden = say(world.ben, world.bridge, "Hidden")
    with pytest.raises(NotFound):
        act(**on(hidden, world.cleo))
    rooms.archive_room(actor=world.anna, room=world.bridge)
    with pytest.raises(Locked):
        act(**on(hidden, world.ben))
    memberships.leave_room(actor=world.ben, room=world.bridge)
    with pytest.raises(NotFound):
        act(**on(hidden, world.ben))


@pytest.mark.parametrize("act", [add_reaction, remove_reaction])
@pytest.mark.parametrize("text", ["nice", "\0"])
def test_words_are_no_reaction(world, message, act, text):
    with pytest.raises(Invalid):
        act(**on(message, world.anna, text))

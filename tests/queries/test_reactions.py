"""The viewer's own reactions."""

import pytest
from django.contrib.auth.models import AnonymousUser

from chat.domain.errors import ChatError, Invalid, NotFound
from chat.queries.reactions import OwnReactions, mine
from chat.services.reactions import add_reaction
from tests.world import say


def test_only_the_viewers_own_are_told_by_message_newest_first(world):
    seqs = [say(world.ben, world.harbour, "ahoy").seq for _ in range(3)]
    for person, seq, emoji in (
        (world.anna, 0, "👍"),
        (world.anna, 2, "🎉"),
        (world.anna, 0, "🎉"),
        (world.ben, 1, "👍"),
    ):
        add_reaction(actor=person, room=world.harbour, seq=seqs[seq], emoji=emoji)
    newest, oldest = OwnReactions(seqs[2], ["🎉"]), OwnReactions(seqs[0], ["👍", "🎉"])
    assert mine(world.anna, world.harbour) == [newest, oldest]
    assert mine(world.anna, world.harbour, limit=1) == [newest]
    assert mine(world.anna, world.harbour, before=seqs[2]) == [oldest]
    assert mine(world.anna, world.harbour, after=seqs[0]) == [newest]


def test_other_rooms_and_people_add_nothing(world):
    seq = say(world.ben, world.bridge, "secret").seq
    add_reaction(actor=world.anna, room=world.bridge, seq=seq, emoji="👍")
    assert mine(world.anna, world.harbour) == []
    assert mine(world.ben, world.bridge) == []


def test_rooms_that_are_not_seen_and_bounds_that_cannot_be_are_refused(world):
    for viewer, room in ((world.cleo, world.bridge), (world.anna, "nowhere")):
        with pytest.raises(NotFound):
            mine(viewer, room)
    for bounds in ({"after": -1}, {"before": 2**53}):
        with pytest.raises(Invalid):
            mine(world.anna, world.harbour, **bounds)
    with pytest.raises(ChatError):
        mine(AnonymousUser(), world.harbour)

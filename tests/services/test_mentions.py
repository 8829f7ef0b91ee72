"""Mentions: stored for those who exist and may read the room, whatever else a text calls."""

from chat import models
from chat.services import accounts, messages
from chat.services.posting import post_messages
from tests.world import administrator, person, say, send


def stored(message):
    rows = models.Mention.objects.filter(room__slug=message.room, seq=message.seq)
    return sorted(rows.values_list("user__username", flat=True))


def test_in_an_open_room_everybody_can_be_mentioned(world):
    message = say(world.ben, world.harbour, "@anna @cleo @nobody @Dora")
    assert message.mentions == ["anna", "cleo", "dora"] == stored(message)
    assert message.html.count('class="mention"') == 3


def test_in_a_closed_room_only_its_members_can(world):
    message = say(world.ben, world.bridge, "@anna @cleo")
    assert message.mentions == ["anna"] == stored(message)
    assert say(world.ben, world.direct, "@anna @cleo").mentions == ["anna"]


def test_a_closed_account_is_not_mentioned(world):
    accounts.deactivate(actor=administrator(), person=world.cleo)
    assert stored(say(world.ben, world.harbour, "@cleo")) == []


def test_rooms_of_one_batch_do_not_lend_each_other_their_people(world):
    sends = [send(world.ben, room, "@anna @cleo") for room in (world.harbour, world.bridge)]
    opened, closed = (result.message for result in post_messages(sends))
    assert (stored(opened), stored(closed)) == (["anna", "cleo"], ["anna"])


def test_one_message_calls_at_most_50_people_whoever_its_neighbours_call(world):
    names = [f"p{number:02}" for number in range(52)]
    for name in names:
        person(name)
    everybody = " ".join(f"@{name}" for name in names)
    sends = [send(world.ben, world.harbour, body) for body in (everybody, "@p50 @p51")]
    many, few = (result.message for result in post_messages(sends))
    assert many.mentions == names[:50]
    assert few.mentions == ["p50", "p51"]
    edited = messages.edit_message(actor=world.ben, room=world.harbour, seq=few.seq, body=everybody)
    assert edited.mentions == names[:50]


def test_an_edit_stores_whom_the_new_text_mentions(world):
    message = say(world.ben, world.bridge, "@anna")
    edited = messages.edit_message(actor=world.ben, room=world.bridge, seq=message.seq, body="@dora @cleo")
    assert edited.mentions == ["dora"] == stored(edited)
    assert 'data-username="dora"' in edited.html
    edited = messages.edit_message(actor=world.ben, room=world.bridge, seq=message.seq, body="nobody")
    assert edited.mentions == [] == stored(edited)
    opened = say(world.ben, world.harbour, "nobody")
    edited = messages.edit_message(actor=world.ben, room=world.harbour, seq=opened.seq, body="@cleo")
    assert edited.mentions == ["cleo"] == stored(edited)


def test_a_deletion_forgets_them(world):
    message = say(world.ben, world.harbour, "@anna")
    deleted = messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    assert deleted.mentions == [] == stored(deleted)

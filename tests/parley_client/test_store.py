"""The messages of a room, by the rule that the higher version is true."""

from datetime import UTC, datetime

from parley_client.shapes import Event, MessageEvent, PinEvent, Reaction, ReactionEvent, Snapshot
from parley_client.store import MessageStore
from tests.parley_client.fakes import message

AT = datetime(2026, 11, 21, tzinfo=UTC)
THUMB = Reaction("👍", 1, ["ben"])


def written(seq, **fields):
    return MessageEvent(fields.get("version", seq), "message.created", AT, "anna", message(seq, **fields))


def reacted(seq, version, *reactions):
    return ReactionEvent(version, "reaction.added", AT, "ben", seq, version, "👍", list(reactions))


def pinned(seq, version, kind="message.pinned"):
    return PinEvent(version, kind, AT, "dora", seq, version)


def held(store):
    return [(each.seq, each.version, each.body) for each in store]


def test_messages_are_in_order_whichever_way_they_come():
    store = MessageStore()
    store.take(written(5))
    store.add([message(4), message(2)])
    assert [each.seq for each in store] == [2, 4, 5]


def test_an_older_state_does_not_replace_a_newer_one():
    store = MessageStore()
    store.take(written(2, version=9, body="edited"))
    store.add([message(2, body="first")])
    store.take(reacted(2, 5, THUMB))
    assert held(store) == [(2, 9, "edited")]
    assert store.get(2).reactions == []


def test_reactions_and_pins_change_what_is_held():
    store = MessageStore()
    store.take(written(2))
    store.take(reacted(2, 3, THUMB))
    store.take(pinned(2, 4))
    assert (store.get(2).reactions, store.get(2).pinned, store.get(2).version) == ([THUMB], True, 4)
    store.take(pinned(2, 5, "message.unpinned"))
    assert not store.get(2).pinned


def test_a_change_of_what_is_not_held_is_forgotten_unless_it_is_on_its_way():
    store = MessageStore()
    store.take(reacted(2, 7, THUMB))
    store.add([message(2)])
    assert store.get(2).reactions == []
    with store.loading():
        store.take(reacted(3, 8, THUMB))
        store.add([message(3)])
    assert (store.get(3).reactions, store.get(3).version) == ([THUMB], 8)


def test_a_snapshot_replaces_everything():
    store = MessageStore()
    store.take(written(2))
    with store.loading():
        store.take(reacted(9, 10, THUMB))
        store.take(Snapshot(room="general", reason="epoch", head=9, epoch="e2", messages=[message(9), message(8)]))
    assert [(each.seq, each.reactions) for each in store] == [(8, []), (9, [])]


def test_kinds_that_are_not_known_change_nothing():
    store = MessageStore()
    store.take(Event(3, "room.painted", AT, "anna"))
    assert list(store) == []

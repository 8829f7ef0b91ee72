"""A moderator's removal: gone at once, brought back while its time lasts, then gone for good."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat import models
from chat.domain.errors import ChatError, Conflict, Forbidden, Invalid, Muted, NotFound
from chat.queries import history
from chat.queries.rooms import summary
from chat.services import farewell, messages, reactions, removal, rooms, sanctions
from chat.services.installation import change_installation
from tests.replica import snapshot
from tests.world import administrator, events, head, kinds, say

LONG_AGO = timezone.now() - timedelta(days=1)


@pytest.fixture
def message(world):
    return say(world.ben, world.harbour, "Ahoy **@anna**")


def remove(world, seq, *, reason="spam", room=None):
    return messages.delete_message(actor=world.dora, room=room or world.harbour, seq=seq, reason=reason)


def restore(actor, world, seq, **options):
    return removal.restore_message(actor=actor, room=world.harbour, seq=seq, **options)


def no_undo(settings):
    settings.PARLEY = {**settings.PARLEY, "UNDO_HOURS": 0.0}


def over():
    """Lets the time pass until nothing can be brought back."""
    models.Quarantine.objects.update(ends_at=timezone.now() - timedelta(seconds=1))


def same(one, other):
    return [getattr(one, name) for name in one.__struct_fields__ if name != "version"] == [
        getattr(other, name) for name in other.__struct_fields__ if name != "version"
    ]


def test_what_is_brought_back_is_as_it_was(world, message):
    messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body="Ahoy @anna and **@dora**")
    messages.pin_message(actor=world.dora, room=world.harbour, seq=message.seq)
    for actor, emoji in ((world.cleo, "👍"), (world.anna, "🎉"), (world.anna, "👍")):
        reactions.add_reaction(actor=actor, room=world.harbour, seq=message.seq, emoji=emoji)
    before, mentions = (
        history.message(world.anna, world.harbour, message.seq),
        summary(world.anna, world.harbour).mentions,
    )
    assert mentions == 1
    removed = remove(world, message.seq)
    assert (removed.body, removed.reactions, removed.pinned) == ("", [], False)
    assert summary(world.anna, world.harbour).mentions == 0
    at = head(world.harbour)
    restored = restore(world.dora, world, message.seq, reason="a mistake")
    assert same(before, restored)
    [event] = events(world.harbour, at)
    assert (event.kind, event.actor, event.message) == ("message.restored", "dora", restored)
    assert summary(world.anna, world.harbour).mentions == mentions
    assert not models.Quarantine.objects.exists()
    entry = models.AuditEntry.objects.latest("number")
    assert (entry.act, entry.reason, entry.message) == ("message.restored", "a mistake", message.seq)


def test_replay_of_a_removal_and_its_undoing_is_what_the_page_shows(world, message):
    held = snapshot(world.anna, world.harbour)
    remove(world, message.seq)
    held.follow(world.anna, 100)
    restore(world.dora, world, message.seq)
    remove(world, message.seq)
    restore(world.dora, world, message.seq)
    held.follow(world.anna, 100)
    assert held == snapshot(world.anna, world.harbour)


def test_what_is_not_removed_stays_as_it_is(world, message):
    before = head(world.harbour)
    assert restore(world.dora, world, message.seq) == message
    assert head(world.harbour) == before


def test_what_its_author_deleted_comes_back_never(world, message):
    messages.delete_message(actor=world.ben, room=world.harbour, seq=message.seq)
    assert not models.Quarantine.objects.exists()
    with pytest.raises(Conflict):
        restore(world.anna, world, message.seq)


def test_when_its_time_is_over_it_comes_back_no_more_and_is_erased(world, message):
    other = say(world.ben, world.harbour, "more")
    remove(world, message.seq)
    over()
    remove(world, other.seq)
    with pytest.raises(Conflict):
        restore(world.dora, world, message.seq)
    assert removal.erase_ended() == 1
    assert removal.erase_ended() == 0
    assert restore(world.dora, world, other.seq).body == "more"


def test_without_a_time_to_undo_nothing_is_kept(world, message, settings):
    no_undo(settings)
    remove(world, message.seq)
    assert not models.Quarantine.objects.exists()
    with pytest.raises(Conflict):
        restore(world.dora, world, message.seq)


def test_only_moderators_bring_back_and_no_muted_one(world, message):
    remove(world, message.seq)
    for actor in (world.ben, world.cleo):
        with pytest.raises(Forbidden):
            restore(actor, world, message.seq)
    root = administrator()
    sanctions.impose(actor=root, person=world.dora, kind="mute", reason="rants")
    with pytest.raises(Muted):
        restore(world.dora, world, message.seq)
    assert restore(root, world, message.seq).body
    with pytest.raises(NotFound):
        restore(world.anna, world, 10**6)
    with pytest.raises(Invalid):
        restore(world.anna, world, message.seq, reason="x" * 251)


def test_an_erased_person_leaves_nothing_in_quarantine_where_their_messages_go(world, message):
    change_installation(actor=administrator(), erased_messages="remove")
    remove(world, message.seq)
    farewell.erase_person(actor=world.ben, person=world.ben)
    assert not models.Quarantine.objects.exists()


# --- Much at once -----------------------------------------------------------------------------------------------------


def remove_all(actor, world, room=None, **options):
    given = {"since": LONG_AGO, "reason": "flood", **options}
    return removal.remove_messages_of(actor=actor, person=world.ben, room=room, **given)


def bodies(world, room):
    return [row.body for row in models.Message.objects.filter(room__slug=room).order_by("seq")]


def test_all_that_somebody_wrote_in_a_room_goes_in_chunks_and_nothing_else(world, monkeypatch):
    monkeypatch.setattr(removal, "AT_ONCE", 2)
    for text in ("one", "two", "three", "four"):
        say(world.ben, world.harbour, text)
    say(world.anna, world.harbour, "hers")
    say(world.ben, world.bridge, "elsewhere")
    assert remove_all(world.dora, world, world.harbour) == 4
    assert bodies(world, world.harbour) == ["", "", "", "", "hers"]
    assert bodies(world, world.bridge) == ["elsewhere"]
    assert kinds(world.harbour).count("message.deleted") == 4
    assert remove_all(world.dora, world, world.harbour) == 0


def test_everywhere_it_is_done_by_who_moderates_the_site(world):
    say(world.ben, world.harbour, "one")
    say(world.ben, world.direct, "two")
    with pytest.raises(Forbidden):
        remove_all(world.anna, world)
    assert remove_all(administrator(), world) == 2
    assert bodies(world, world.harbour) == bodies(world, world.direct) == [""]


def test_only_what_was_written_in_the_span_goes(world):
    say(world.ben, world.harbour, "before")
    begun = models.Message.objects.get().created_at + timedelta(microseconds=1)
    say(world.ben, world.harbour, "within")
    ended = models.Message.objects.latest("seq").created_at + timedelta(microseconds=1)
    say(world.ben, world.harbour, "behind")
    assert remove_all(world.dora, world, world.harbour, since=begun, until=ended) == 1
    assert bodies(world, world.harbour) == ["before", "", "behind"]


def test_who_may_not_removes_nothing(world):
    say(world.ben, world.harbour, "one")
    for act in (
        lambda: remove_all(world.cleo, world, world.harbour),
        lambda: remove_all(world.dora, world, "nowhere"),
        lambda: remove_all(world.ben, world, world.harbour),
        lambda: remove_all(world.dora, world, world.harbour, reason=" "),
    ):
        with pytest.raises(ChatError):
            act()
    assert bodies(world, world.harbour) == ["one"]


# --- Nowhere any more -------------------------------------------------------------------------------------------------


def raw():
    """Everything that the database has: its files, or all of its rows."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        return b"".join(open(name + end, "rb").read() for end in ("", "-wal"))
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} t")
            found += [row for [row] in cursor.fetchall()]
    return "\n".join(found).encode()


@pytest.mark.parametrize("hours", [24.0, 0.0])
def test_a_text_that_was_removed_is_nowhere_in_the_files_of_the_database(world, settings, hours):
    settings.PARLEY = {**settings.PARLEY, "UNDO_HOURS": hours}
    canary = f"canary-{hours}-in-the-mine"
    message = say(world.ben, world.harbour, f"{canary} @anna")
    messages.edit_message(actor=world.ben, room=world.harbour, seq=message.seq, body=f"{canary} once more")
    rooms.change_room(actor=world.anna, room=world.harbour, topic="what comes behind it")
    assert canary.encode() in raw()
    remove(world, message.seq)
    over()
    removal.erase_ended()
    assert canary.encode() not in raw()

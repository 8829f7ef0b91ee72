"""A room's messages by pages: newest first, from anywhere, at one cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.domain.cursors import MAX_SEQ
from chat.domain.errors import Invalid, NotFound
from chat.queries import history
from chat.queries.installation import installation
from chat.services import messages, reactions, rooms
from chat.services.posting import post_messages
from tests.world import head, say, send

TOTAL = 10


@pytest.fixture
def seqs(world):
    """The seqs of ten messages with another event in their midst."""
    sends = [send(world.ben, world.harbour, f"message {number}") for number in range(TOTAL)]
    first = post_messages(sends[:5])
    rooms.change_room(actor=world.anna, room=world.harbour, topic="Ships")
    return [result.message.seq for result in first + post_messages(sends[5:])]


def page(world, **options):
    return history.page(world.ben, world.harbour, **options)


def shown(found):
    return [message.seq for message in found.messages]


def test_the_newest_page_comes_newest_first_with_where_to_follow_on(world, seqs):
    found = page(world, limit=4)
    assert shown(found) == seqs[::-1][:4]
    assert (found.head, found.epoch) == (head(world.harbour), installation().epoch)
    assert (found.has_older, found.has_newer) == (True, False)


def test_pages_backwards_and_forwards_show_every_message_once(world, seqs):
    backwards, before = [], MAX_SEQ
    while (found := page(world, before=before, limit=3)).messages:
        backwards += shown(found)
        before = backwards[-1]
    forwards, after, more = [], 0, True
    while more:
        found = page(world, after=after, limit=3)
        forwards += shown(found)[::-1]
        after, more = forwards[-1], found.has_newer
    assert backwards == seqs[::-1]
    assert forwards == seqs


def test_bounds_are_exclusive(world, seqs):
    assert shown(page(world, before=seqs[3])) == seqs[:3][::-1]
    assert shown(page(world, after=seqs[7])) == seqs[8:][::-1]


def test_the_oldest_page_knows_that_nothing_is_older(world, seqs):
    assert not page(world, before=seqs[3]).has_older
    assert not page(world, limit=TOTAL).has_older
    assert page(world, limit=TOTAL - 1).has_older


def test_around_a_message_half_the_page_is_older_with_itself_and_half_newer(world, seqs):
    found = page(world, around=seqs[5], limit=4)
    assert shown(found) == seqs[4:8][::-1]
    assert (found.has_older, found.has_newer) == (True, True)
    assert shown(page(world, around=seqs[5], limit=1)) == [seqs[5]]
    found = page(world, around=seqs[5], limit=100)
    assert (shown(found), found.has_older, found.has_newer) == (seqs[::-1], False, False)


@pytest.mark.parametrize("bound", ["before", "after", "around"])
@pytest.mark.parametrize("seq", [0, MAX_SEQ])
def test_bounds_beyond_the_room_are_pages_too(world, seqs, bound, seq):
    assert set(shown(page(world, **{bound: seq}))) <= set(seqs)


@pytest.mark.parametrize(
    "bounds",
    [
        {"before": 1, "after": 1},
        {"before": 1, "around": 1},
        {"before": -1},
        {"after": MAX_SEQ + 1},
        {"around": 10**30},
        {"limit": 0},
        {"limit": -1},
        {"limit": history.MOST + 1},
    ],
)
def test_contradicting_and_impossible_bounds_are_invalid_in_every_room_alike(world, bounds):
    for slug in (world.harbour, world.bridge, "nowhere"):
        with pytest.raises(Invalid):
            history.page(world.cleo, slug, **bounds)


def test_an_empty_room_has_an_empty_page(world):
    found = page(world)
    assert (found.messages, found.has_older, found.has_newer) == ([], False, False)
    assert found.head == head(world.harbour)


@pytest.mark.parametrize("bounds", [{}, {"before": 12}, {"after": 5}])
def test_a_page_takes_three_queries_whatever_is_on_it(world, seqs, bounds, django_assert_num_queries):
    for seq in seqs:
        for actor in (world.anna, world.ben, world.dora):
            reactions.add_reaction(actor=actor, room=world.harbour, seq=seq, emoji="👍")
    with django_assert_num_queries(3):
        assert len(page(world, **bounds).messages) > 3


@pytest.mark.parametrize("bounds", [{}, {"before": 12}, {"after": 5}, {"around": 9}])
def test_a_page_is_read_along_an_index_at_any_depth(world, seqs, bounds):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(world, **bounds)
    plans = [plan(query["sql"]) for query in captured if 'FROM "chat_message"' in query["sql"]]
    assert plans
    assert not any("Sort" in each or "TEMP B-TREE" in each or "Seq Scan on chat_message" in each for each in plans)


def plan(sql):
    """How the database goes about it, as it would in a room of many messages."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql)
        rows = "\n".join(str(row) for row in cursor.fetchall())
        if connection.vendor == "postgresql":
            cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")
    return rows


def test_one_message_is_found_by_its_seq(world, seqs):
    assert history.message(world.cleo, world.harbour, seqs[0]).body == "message 0"
    for seq in (0, 1, seqs[-1] + 1):
        with pytest.raises(NotFound):
            history.message(world.ben, world.harbour, seq)
    with pytest.raises(Invalid):
        history.message(world.ben, world.harbour, -1)


def test_an_author_without_a_profile_is_called_by_their_username(world):
    message = say(world.ben, world.harbour, "Ahoy")
    world.ben.profile.delete()
    author = history.message(world.anna, world.harbour, message.seq).author
    assert (author.display_name, author.kind) == ("ben", "person")


def test_pins_are_the_newest_first_and_only_for_readers(world, seqs):
    for seq in (seqs[1], seqs[4]):
        messages.pin_message(actor=world.anna, room=world.harbour, seq=seq)
    assert [pin.seq for pin in history.pins(world.ben, world.harbour)] == [seqs[4], seqs[1]]
    messages.unpin_message(actor=world.anna, room=world.harbour, seq=seqs[4])
    assert [pin.seq for pin in history.pins(world.ben, world.harbour)] == [seqs[1]]
    with pytest.raises(NotFound):
        history.pins(world.ben, "nowhere")


def test_pins_are_found_without_looking_at_other_messages(world, seqs):
    with CaptureQueriesContext(connection) as captured:
        history.pins(world.ben, world.harbour)
    asked = next(query["sql"] for query in captured if 'FROM "chat_message"' in query["sql"])
    assert "pins_of_room" in plan(asked)


def test_the_replies_to_a_message_are_pages_of_their_own_along_an_index(world, seqs):
    replies = [say(world.anna, world.harbour, f"reply {number}", reply_to=seqs[2]).seq for number in range(3)]
    say(world.anna, world.harbour, "another", reply_to=seqs[3])
    with CaptureQueriesContext(connection) as captured:
        found = page(world, reply_to=seqs[2], limit=2)
    assert (shown(found), found.has_older) == (replies[:0:-1], True)
    assert shown(page(world, reply_to=seqs[2], before=replies[1])) == [replies[0]]
    assert shown(page(world, reply_to=seqs[0])) == []
    asked = next(query["sql"] for query in captured if 'FROM "chat_message"' in query["sql"])
    assert "replies" in plan(asked)

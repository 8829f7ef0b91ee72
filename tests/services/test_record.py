"""One transaction per use case: written whole or not at all, told of afterwards."""

from contextlib import contextmanager
from functools import partial

import pytest
from django.db import InternalError, OperationalError, connection, transaction

from chat import bus, models
from chat.domain.errors import Unavailable
from chat.domain.news import PersonNews, RoomEvents
from chat.queries import history
from chat.services import _record, memberships, messages, reactions, reading, rooms, tokens
from chat.services.posting import post_messages
from tests.patience import PATIENCE
from tests.race import elsewhere, race
from tests.world import events, head, say, send


@pytest.fixture
def listen(monkeypatch):
    """Adds a listener for this test alone."""
    monkeypatch.setattr(bus, "_listeners", [])
    return bus.listen


def everything():
    tables = (models.Room, models.Event, models.Message, models.Mention, models.Membership, models.ReadMark)
    return [list(table.objects.order_by("pk").values()) for table in (*tables, models.Profile, models.Reaction)]


def use_cases(world, message):
    here = {"actor": world.anna, "room": world.harbour}
    return [
        partial(post_messages, [send(world.cleo, world.harbour, "Hello @ben")]),
        partial(messages.edit_message, seq=message.seq, body="Changed @ben", **here),
        partial(messages.delete_message, seq=message.seq, **here),
        partial(messages.pin_message, seq=message.seq, **here),
        partial(reactions.add_reaction, seq=message.seq, emoji="👍", **here),
        partial(rooms.change_room, title="Port", **here),
        partial(rooms.archive_room, **here),
        partial(rooms.create_room, actor=world.cleo, slug="square"),
        partial(rooms.open_direct_room, actor=world.cleo, people=["ben"]),
        partial(memberships.join_room, actor=world.cleo, room=world.harbour),
        partial(memberships.add_member, username="cleo", **here),
        partial(memberships.change_member, username="ben", role="guest", **here),
        partial(memberships.remove_member, username="ben", **here),
        partial(memberships.leave_room, actor=world.ben, room=world.harbour),
        partial(reading.mark_read, actor=world.anna, room=world.harbour, seq=1, back=True),
    ]


def test_a_use_case_whose_commit_fails_has_changed_nothing_and_is_never_announced(world, monkeypatch):
    message = say(world.anna, world.harbour, "Ahoy")
    before = everything()
    monkeypatch.setattr(transaction.Atomic, "__exit__", _fail_to_commit)
    with bus.capture() as news:
        for use_case in use_cases(world, message):
            with pytest.raises(Unavailable):
                use_case()
            assert news == [], use_case
    monkeypatch.undo()
    assert everything() == before


_exit = transaction.Atomic.__exit__


def _fail_to_commit(self, kind, error, traceback):
    """What a lost connection at COMMIT looks like: rolled back, and the outcome said to be unknown."""
    if not self.durable or kind is not None:
        return _exit(self, kind, error, traceback)
    lost = OperationalError("server closed the connection unexpectedly")
    _exit(self, OperationalError, lost, None)
    raise lost


@contextmanager
def _read_only():
    """The database takes no writes."""
    switch = {"sqlite": "PRAGMA query_only = {}", "postgresql": "SET default_transaction_read_only = {}"}
    with connection.cursor() as cursor:
        cursor.execute(switch[connection.vendor].format("on"))
        try:
            yield
        finally:
            cursor.execute(switch[connection.vendor].format("off"))


def test_a_database_that_takes_no_writes_is_worth_asking_again_and_is_read_meanwhile(world, caplog):
    message = say(world.anna, world.harbour, "Ahoy")
    _, token = tokens.create_token(actor=world.anna, person=world.anna, name="reader")
    before = everything()
    with _read_only():
        for use_case in use_cases(world, message):
            with pytest.raises(Unavailable):
                use_case()
        assert [each.body for each in history.page(world.anna, world.harbour).messages] == ["Ahoy"]
        assert tokens.authenticate(plain=token).user == world.anna
    assert "the database took no write: " in caplog.text
    assert everything() == before
    say(world.anna, world.harbour, "and on")


@pytest.mark.parametrize(
    ("state", "raised"), [("25006", Unavailable), ("25P03", Unavailable), ("XX000", InternalError)]
)
def test_a_standby_and_a_transaction_that_was_taken_for_abandoned_are_worth_asking_again(world, state, raised):
    said = Exception()
    said.sqlstate = state
    with pytest.raises(raised), _record.write_transaction():
        raise InternalError from said


def test_another_internal_error_of_the_database_is_none_that_repeating_mends(world):
    with pytest.raises(InternalError), _record.write_transaction():
        raise InternalError


def test_when_a_listener_hears_of_it_everybody_can_read_it(world, listen):
    read = []
    listen(lambda news: read.append(elsewhere(lambda: events(world.harbour)[-1]).result(PATIENCE)))
    message = say(world.ben, world.harbour, "Ahoy")
    assert [event.message for event in read] == [message]


def test_a_failing_listener_breaks_neither_the_write_nor_the_other_listeners(world, listen, caplog):
    heard = []
    listen(lambda news: 1 / 0)
    listen(heard.extend)
    message = say(world.ben, world.harbour, "Ahoy")
    assert history.message(world.anna, world.harbour, message.seq) == message
    assert [each.events[0].message for each in heard] == [message]
    assert "ZeroDivisionError" in caplog.text


def test_the_events_of_one_commit_are_announced_together_in_order_room_by_room(world):
    before = {room: head(room) for room in (world.harbour, world.bridge)}
    sends = [send(world.ben, room, body) for body in ("a", "b") for room in before]
    with bus.capture() as news:
        post_messages([send(world.cleo, world.harbour, "new here"), *sends])
    assert PersonNews(world.cleo.pk, "rooms") in news
    told = {each.room: each for each in news if isinstance(each, RoomEvents)}
    for room, after in before.items():
        assert told[room].after == after
        assert list(told[room].events) == events(room, after)


def test_a_use_case_refuses_to_run_within_a_transaction_of_somebody_else(world):
    before = everything()
    for use_case in use_cases(world, say(world.anna, world.harbour, "Ahoy"))[:3]:
        with pytest.raises(RuntimeError), transaction.atomic():
            use_case()
    assert len(everything()[1]) == len(before[1]) + 1


def test_an_event_takes_the_next_number_of_its_room_and_no_other(world):
    with pytest.raises(AssertionError), _record.room_log(world.harbour) as log:
        event = events(world.harbour)[0]
        log.record(event, actor=world.anna)


def test_times_stand_in_the_order_of_the_numbers(world):
    race(*[lambda: say(world.ben, world.harbour, "a")] * 8)
    times = [event.at for event in events(world.harbour)]
    assert times == sorted(times)

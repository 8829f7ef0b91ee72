"""Group commit: what arrives during a commit is written in the next, and nothing delays or fails its neighbours."""

import threading

import pytest

from chat.domain.errors import Conflict, Unavailable
from chat.services import collector
from chat.services.posting import post_messages
from tests.patience import PATIENCE
from tests.world import send


class Writer:
    """post_messages as the collector sees it: counted, and held or broken at the test's will."""

    def __init__(self):
        self.batches = []
        self.free = threading.Event()
        self.free.set()
        self.entered = threading.Event()

    def __call__(self, sends, *, skip_locked):
        self.batches.append([each.body for each in sends])
        self.entered.set()
        assert self.free.wait(PATIENCE)
        return self.write(sends)

    def write(self, sends):
        return post_messages(sends)

    def hold(self):
        self.free.clear()
        self.entered.clear()


class Breaking(Writer):
    """Fails as a whole when `boom` is in the batch."""

    def write(self, sends):
        if "boom" in [each.body for each in sends]:
            raise ValueError("boom")
        return super().write(sends)


class Holding(Writer):
    """One room is held by somebody else until `released`; as PostgreSQL does with SKIP LOCKED."""

    def __init__(self, room):
        super().__init__()
        self.room = room
        self.released = threading.Event()

    def write(self, sends):
        if threading.current_thread().name.startswith("slow-room"):
            assert self.released.wait(PATIENCE)
            return super().write(sends)
        written = iter(super().write([each for each in sends if each.room != self.room]))
        return [None if each.room == self.room else next(written) for each in sends]


@pytest.fixture
def install(monkeypatch):
    def put(writer):
        monkeypatch.setattr(collector, "post_messages", writer)
        return writer

    return put


def submit_all(actor, room, bodies):
    return [collector.submit(send(actor, room, body)) for body in bodies]


def results(futures):
    return [future.result(PATIENCE) for future in futures]


def test_a_send_ends_with_its_message(world):
    posted = collector.post_message(send(world.ben, world.harbour, "Ahoy", client_id="c"))
    assert posted.created
    assert posted.message.body == "Ahoy"


def test_a_refused_send_ends_with_its_refusal(world):
    collector.post_message(send(world.ben, world.harbour, "Ahoy", client_id="c"))
    with pytest.raises(Conflict):
        collector.post_message(send(world.ben, world.harbour, "Ahoi", client_id="c"))


def test_what_arrives_during_a_commit_is_written_together_in_the_next_in_order(world, install):
    writer = install(Writer())
    writer.hold()
    first = submit_all(world.ben, world.harbour, ["first"])
    assert writer.entered.wait(PATIENCE)
    bodies = [f"{number}" for number in range(5)]
    rest = submit_all(world.ben, world.harbour, bodies)
    writer.free.set()
    seqs = [posted.message.seq for posted in results(first + rest)]
    assert writer.batches == [["first"], bodies]
    assert seqs == list(range(seqs[0], seqs[0] + 6))


def test_a_batch_has_a_largest_size(world, install, monkeypatch):
    monkeypatch.setattr(collector, "LARGEST_BATCH", 2)
    writer = install(Writer())
    writer.hold()
    futures = submit_all(world.ben, world.harbour, ["a"])
    assert writer.entered.wait(PATIENCE)
    futures += submit_all(world.ben, world.harbour, ["b", "c", "d"])
    writer.free.set()
    results(futures)
    assert writer.batches == [["a"], ["b", "c"], ["d"]]


def test_a_send_that_breaks_its_batch_breaks_no_other(world, install, caplog):
    writer = install(Breaking())
    writer.hold()
    futures = submit_all(world.ben, world.harbour, ["first"])
    assert writer.entered.wait(PATIENCE)
    futures += submit_all(world.ben, world.harbour, ["a", "boom", "b"])
    writer.free.set()
    broken = futures.pop(2)
    seqs = [posted.message.seq for posted in results(futures)]
    assert seqs == sorted(seqs)
    with pytest.raises(Unavailable):
        broken.result(PATIENCE)
    assert "ValueError: boom" in caplog.text


def test_a_batch_of_unknown_outcome_says_so_to_all_and_the_next_is_written(world, install):
    def lose(sends, *, skip_locked):
        raise Unavailable

    install(lose)
    futures = submit_all(world.ben, world.harbour, ["a", "b"])
    for future in futures:
        with pytest.raises(Unavailable):
            future.result(PATIENCE)
    install(Writer())
    assert results(submit_all(world.ben, world.harbour, ["c"]))[0].created


def test_who_no_longer_waits_for_an_answer_disturbs_nobody(world, install):
    writer = install(Writer())
    writer.hold()
    futures = submit_all(world.ben, world.harbour, ["first"])
    assert writer.entered.wait(PATIENCE)
    gone, *others = submit_all(world.ben, world.harbour, ["gone", "a"])
    assert gone.cancel()
    writer.free.set()
    assert [posted.message.body for posted in results(futures + others)] == ["first", "a"]


def test_a_held_room_delays_only_itself_and_keeps_its_order(world, install):
    writer = install(Holding(world.harbour))
    writer.hold()
    opening = submit_all(world.ben, world.bridge, ["opening"])
    assert writer.entered.wait(PATIENCE)
    held = submit_all(world.ben, world.harbour, ["a", "b"])
    writer.free.set()
    results(opening + submit_all(world.ben, world.bridge, ["past it"]))
    held += submit_all(world.anna, world.harbour, ["c"])
    results(submit_all(world.ben, world.bridge, ["past it again"]))
    assert not any(future.done() for future in held)
    writer.released.set()
    seqs = [posted.message.seq for posted in results(held)]
    assert seqs == sorted(seqs)


def test_a_room_that_was_held_is_written_as_any_other_afterwards(world, install):
    writer = install(Holding(world.harbour))
    writer.released.set()
    results(submit_all(world.ben, world.harbour, ["held"]))
    install(Writer())
    assert results(submit_all(world.ben, world.harbour, ["free"]))[0].message.body == "free"


@pytest.mark.parametrize("times", range(1, collector.TRIES + 1))
def test_a_room_that_is_held_is_tried_with_the_next_batches_before_it_waits_aside(world, install, times):
    class Passing(Writer):
        """The room is held while so many batches are written."""

        def __init__(self):
            super().__init__()
            self.wrote = []

        def write(self, sends):
            if len(self.batches) <= times and not aside():
                return [None] * len(sends)
            self.wrote.append(aside())
            return super().write(sends)

    def aside():
        return threading.current_thread().name.startswith("slow-room")

    writer = install(Passing())
    writer.hold()
    futures = submit_all(world.ben, world.harbour, ["a"])
    assert writer.entered.wait(PATIENCE)
    futures += submit_all(world.ben, world.harbour, ["b", "c"])
    writer.free.set()
    said = [posted.message for posted in results(futures)]
    assert [message.body for message in said] == ["a", "b", "c"]
    assert [message.seq for message in said] == list(range(said[0].seq, said[0].seq + 3))
    assert writer.wrote[0] is (times == collector.TRIES)


def test_where_a_broken_batch_is_repeated_one_by_one_nothing_overtakes_what_is_held(world, install):
    held_once = iter([None])

    class Releasing(Breaking):
        def write(self, sends):
            written = super().write(sends)
            return [next(held_once, result) for result in written] if len(sends) == 1 else written

    install(Releasing())
    sends = [send(world.ben, room, body) for room, body in ((world.harbour, "a"), (world.harbour, "b"))]
    sends += [send(world.ben, world.bridge, "boom"), send(world.ben, world.bridge, "c")]
    answers = collector._results(sends, skip_locked=True)
    assert answers[:2] == [None, None]
    assert [type(answer).__name__ for answer in answers[2:]] == ["Unavailable", "Posted"]


def test_who_cannot_be_told_keeps_nobody_else_from_it(world, caplog):
    def fail(result):
        raise RuntimeError("gone")

    collector.take(send(world.ben, world.harbour, "a"), fail)
    assert results(submit_all(world.ben, world.harbour, ["b"]))[0].created
    assert "RuntimeError: gone" in caplog.text

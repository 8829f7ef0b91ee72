"""Read marks that gather before they are written."""

import pytest

from chat.realtime import marks as module
from chat.realtime.marks import Marks
from chat.services.reading import move_marks


@pytest.fixture
def written(monkeypatch):
    """What was written, each time."""
    found = []

    async def call(function, *, marks):
        assert function is move_marks
        if found == ["away"]:
            raise OSError
        found.append(marks)

    monkeypatch.setattr(module, "call", call)
    return found


async def test_the_newest_of_each_person_and_room_is_written_once(written):
    marks = Marks()
    assert [marks.note(1, "harbour", seq) for seq in (3, 5, 4)] == [3, 5, 5]
    marks.note(2, "harbour", 1)
    await marks.flush()
    await marks.flush()
    assert written == [{(1, "harbour"): 5, (2, "harbour"): 1}]


async def test_a_mark_that_goes_back_is_not_moved_forward_by_what_had_gathered(written):
    marks = Marks()
    marks.note(1, "harbour", 5)
    marks.forget(1, "harbour")
    await marks.flush()
    assert written == []


async def test_a_database_that_is_away_stops_nothing(written):
    marks = Marks()
    written.append("away")
    marks.note(1, "harbour", 5)
    await marks.flush()
    written.clear()
    marks.note(1, "harbour", 6)
    await marks.flush()
    assert written == [{(1, "harbour"): 6}]

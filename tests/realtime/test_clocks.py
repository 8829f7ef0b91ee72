"""What a worker does by the clock."""

import asyncio

from chat.realtime import clocks
from tests.patience import PATIENCE


async def test_what_was_removed_is_erased_again_and_again_whatever_went_wrong(monkeypatch, caplog):
    loop, erased = asyncio.get_running_loop(), asyncio.Event()
    answers = iter([RuntimeError("the database is away"), 0])

    def erase() -> int:
        if isinstance(answer := next(answers, 0), Exception):
            raise answer
        loop.call_soon_threadsafe(erased.set)
        return answer

    monkeypatch.setattr(clocks, "ERASE_SECONDS", 0.001)
    monkeypatch.setattr(clocks, "erase_ended", erase)
    task = loop.create_task(clocks.erase_removed())
    await asyncio.wait_for(erased.wait(), PATIENCE)
    task.cancel()
    assert "were not erased" in caplog.text

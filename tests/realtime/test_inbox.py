"""What comes from a client: asked for, or dealt with as it comes; and how much of it may wait."""

import asyncio

import pytest

from chat.realtime.inbox import MOST_WAITING, Inbox


class Transport:
    def __init__(self):
        self.reading = True

    def pauseProducing(self):
        self.reading = False

    def resumeProducing(self):
        self.reading = True


@pytest.fixture
def transport():
    return Transport()


@pytest.fixture
def inbox(transport):
    """Its tasks are kept in `started`."""
    found = []
    inbox = Inbox(transport, lambda work: found.append(asyncio.ensure_future(work)))
    return inbox, found


async def test_who_asks_gets_one_after_another_also_what_comes_only_later(inbox):
    box, _ = inbox
    box.put_nowait({"n": 1})
    box.put_nowait({"n": 2})
    assert [await box.get(), await box.get()] == [{"n": 1}, {"n": 2}]
    asked = asyncio.ensure_future(box.get())
    await asyncio.sleep(0)
    box.put_nowait({"n": 3})
    box.put_nowait({"n": 4})
    assert [await asked, await box.get()] == [{"n": 3}, {"n": 4}]


async def test_what_waited_is_dealt_with_first_and_what_comes_then_at_once(inbox):
    box, started = inbox
    heard = []
    box.put_nowait({"n": 1})
    box.serve(lambda message: heard.append(message["n"]))
    box.put_nowait({"n": 2})
    assert heard == [1, 2]
    assert started == [], "nobody waits for an idle socket"


async def test_nothing_is_dealt_with_before_the_work_of_the_last_is_done(inbox):
    box, started = inbox
    heard, go_on = [], asyncio.Event()

    def handle(message):
        heard.append(message["n"])
        return go_on.wait() if message["n"] == 1 else None

    box.serve(handle)
    for n in (1, 2, 3):
        box.put_nowait({"n": n})
    assert heard == [1]
    go_on.set()
    await started[0]
    assert heard == [1, 2, 3]


async def test_a_client_whose_messages_pile_up_is_read_on_when_half_are_dealt_with(inbox, transport):
    box, _ = inbox
    for n in range(MOST_WAITING):
        assert transport.reading
        box.put_nowait({"n": n})
        box.hold_back()
    assert not transport.reading
    for _ in range(MOST_WAITING // 2 - 1):
        await box.get()
    assert not transport.reading
    await box.get()
    assert transport.reading

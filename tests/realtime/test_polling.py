"""A poll that waits, by what may become of its room and of whoever asks."""

import asyncio

import pytest

from chat.domain.closing import CloseCode
from chat.domain.errors import NotFound, Unauthenticated
from chat.domain.shapes import Mute
from chat.realtime import polling
from chat.realtime.hub import Hub
from chat.realtime.polling import PollConnection
from chat.wire.server import Rooms
from tests.realtime.fakes import EPOCH, FakeGroups, FakeLog, person, settle


class Viewer:
    pk = 1


@pytest.fixture
def log():
    found = FakeLog()
    found.say(5)
    return found


async def _follow(log, after):
    """A poll of person 1 that is about to wait behind `after`, and what lets it begin."""
    connection = PollConnection(epoch=EPOCH, viewer=Viewer(), person=person(1))
    hub = Hub(log, FakeGroups())
    hub.add(connection)
    _, start = await hub.subscribe(connection, "room", after=after, epoch=EPOCH, most=None)
    return connection, start


async def test_who_was_removed_is_told_so_at_once(log):
    poll, start = await _follow(log, after=3)
    log.removed.add(1)
    start()
    with pytest.raises(NotFound):
        await poll.news


async def test_whose_credentials_end_is_told_so_at_once(log):
    poll, start = await _follow(log, after=5)
    start()
    poll.disconnect(CloseCode.SIGNED_OUT)
    with pytest.raises(Unauthenticated):
        await poll.news


async def test_a_worker_that_leaves_answers_that_there_is_nothing(log):
    poll, start = await _follow(log, after=5)
    start()
    poll.disconnect(CloseCode.RESTARTING)
    assert await poll.news is None


async def test_a_changed_list_of_rooms_answers_nothing_by_itself(log):
    poll, start = await _follow(log, after=5)
    start()
    poll.send(Rooms())
    await settle()
    assert poll.changed.is_set() and not poll.news.done()


async def test_a_mute_that_begins_or_ends_answers_who_waits_and_other_changes_do_not(monkeypatch):
    loud, asked = Mute("loud"), []
    answers = iter([None, loud, loud, None])

    async def call(*question):
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(polling, "call", call)
    poll, left = PollConnection(epoch=EPOCH, viewer=Viewer()), asyncio.get_running_loop().create_future()
    for muted, questions in ((loud, 2), (None, 4)):
        waiting = asyncio.ensure_future(polling._listen(poll, "room", left, wait=600))
        while len(asked) < questions:
            poll.send(Rooms())
            await asyncio.sleep(0)
        await waiting
        assert (poll.muted, len(asked), poll.news.done()) == (muted, questions, False)


async def test_an_answer_that_has_been_given_stands(log):
    poll, start = await _follow(log, after=3)
    start()
    await settle()
    poll.lose("room")
    poll.disconnect(CloseCode.SIGNED_OUT)
    assert b'"cursor":5' in await poll.news


@pytest.mark.parametrize("path", ["events/stream?rooms={room}", "rooms/{room}/events?wait=1"])
async def test_a_ticket_opens_a_socket_and_nothing_else(chat, path):
    room = await chat.room("ben")
    async with chat.rest("ben") as rest, chat.http() as nobody:
        ticket = (await rest.post("tickets")).raise_for_status().json()["ticket"]
        answer = await nobody.get(path.format(room=room) + f"&ticket={ticket}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthenticated")
    async with await chat.connect("ben", f"/ws/?ticket={ticket}", follows={}) as ben:
        assert ben.hello["person"]["username"] == "ben"

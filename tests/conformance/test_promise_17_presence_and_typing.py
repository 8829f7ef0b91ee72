"""Promise 17: a person with three tabs comes once and leaves once; the people of a killed worker do not stay; typing
passes."""

import asyncio
import time

import pytest
from redis import Redis

from tests.conformance.sizes import report, size

LONG = 90.0
"""Seconds; a worker that was killed is forgotten within 45, and who leaves within much less."""


@pytest.fixture(params=["chat", "chat_of_four"])
def places(request):
    """Four places to be at: four workers, or four times the one there is."""
    found = request.getfixturevalue(request.param).places()
    return found if len(found) > 1 else found * 4


def _seen(client, room):
    """Who was shown to be in a room, one state after the other."""
    states = []
    for frame in client.heard:
        if frame["command"] == "presence" and frame["room"] == room:
            assert len(frame["people"]) == frame["count"]
            names = "+".join(person["username"] for person in frame["people"])
            states += [names] if [names] != states[-1:] else []
    return states


async def _until_seen(client, room, names):
    await client.until(lambda: _seen(client, room)[-1:] == [names], seconds=LONG)


async def _come(place, name, room):
    """A tab of this person in a room, which shows them there."""
    client = await place.connect(name)
    await client.subscribe(room)
    await client.until(lambda: name in "+".join(_seen(client, room)))
    return client


async def test_three_tabs_arrive_once_and_leave_once_after_the_last_and_a_grace(places):
    """That the grace of a closed tab is over is known when somebody has left who closed theirs later, at its worker."""
    room = await places[0].room("anna", "ben", "cleo")
    async with await _come(places[0], "anna", room) as anna:
        first = await _come(places[1], "ben", room)
        await _until_seen(anna, room, "anna+ben")
        tabs = [first, *[await _come(place, "ben", room) for place in places[2:]]]
        others = [await _come(place, "cleo", room) for place in places[1:3]]
        await _until_seen(anna, room, "anna+ben+cleo")
        for each in (*tabs[:2], *others):
            await each.close()
        await _until_seen(anna, room, "anna+ben")
        with report("the last tab was closed; the person") as measured:
            await tabs[2].close()
            await _until_seen(anna, room, "anna")
        measured("had left")
        assert _seen(anna, room) == ["anna", "anna+ben", "anna+ben+cleo", "anna+ben", "anna"]


async def test_who_comes_back_within_the_grace_was_never_away(places):
    """Also on another worker. That the tab's worker has told what it knew then, is known by somebody who came there.

    A machine that is too busy to do so within the grace shows nothing.
    """
    room = await places[0].room("anna", "ben", "dora")
    async with await _come(places[0], "anna", room) as anna, await places[2].connect("ben") as back:
        tab = await _come(places[1], "ben", room)
        await _until_seen(anna, room, "anna+ben")
        began = time.monotonic()
        await tab.close()
        other = await _come(places[1], "dora", room)
        await anna.until(lambda: _seen(anna, room)[-1].endswith("dora"))
        await back.subscribe(room)
        in_time = time.monotonic() - began < 4
        await _until_seen(anna, room, "anna+ben+dora")
        await other.close()
        await _until_seen(anna, room, "anna+ben")
        if in_time:
            assert _seen(anna, room) == ["anna", "anna+ben", "anna+ben+dora", "anna+ben"]


async def test_the_people_of_a_killed_worker_disappear(start_fleet):
    chat = start_fleet(PARLEY_FORGET_SECONDS=size("6", "40"))
    room = await chat.room("anna", "ben")
    first, second, *_ = chat.places()
    async with await _come(second, "anna", room) as anna:
        ben = await _come(first, "ben", room)
        await _until_seen(anna, room, "anna+ben")
        with report("a worker was killed; its person") as measured:
            chat.server.kill_worker()
            await _until_seen(anna, room, "anna")
        measured("had disappeared")
        assert await ben.lost() == 1006
    await asyncio.to_thread(first.server.start)


async def test_typing_passes_and_is_stored_nowhere(places):
    room = await places[0].room("anna", "ben", "cleo")
    async with await places[0].connect("anna") as anna, await places[1].connect("ben") as ben:
        head = (await anna.subscribe(room)).cursor
        await ben.subscribe(room)
        async with places[2].poller("anna", room, head, anna.epoch) as poller:
            for _ in range(3):
                await ben.call("set-typing", room=room)
            assert (await anna.expect("typing", room=room))["person"]["username"] == "ben"
            assert await poller.poll() == []
        async with await places[3].connect("cleo") as cleo:
            assert (await cleo.subscribe(room, after=0)).cursor == head
            async with places[3].stream("cleo", {room: 0}, epoch=anna.epoch) as stream:
                await stream.reach(room, head)
                said = await ben.say(room, "what was typed")
                for each in (anna, cleo, stream):
                    await each.reach(room, said["seq"])
                assert said["seq"] == head + 1, "typing took a number"
                for each in (anna, cleo, stream):
                    assert not [frame for frame in each.heard if frame["command"] == "typing"], "it was told again"
        assert not [frame for frame in ben.heard if frame["command"] == "typing"], "one's own"
    if url := places[0].server.variables.get("REDIS_URL"):
        with Redis.from_url(url) as redis:
            assert not [key for key in redis.scan_iter(count=1000) if b"typing" in key or room.encode() in key]

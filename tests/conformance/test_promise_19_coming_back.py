"""Promise 19: clients come back with full jitter, and what was sent and not acknowledged is sent again.

Shown with the Python client; the page's own is shown in the browser.
"""

import asyncio
import random
from contextlib import AsyncExitStack

from parley_client import START, State
from parley_client.links.socket import SocketLink
from tests.conformance.sizes import size
from tests.parley_client.people import Listener, seat

NAMES = ("anna", "ben", "cleo", "dora", "emil")
FIRST = 1.0
"""Seconds that the first wait may take."""


async def test_clients_come_back_with_full_jitter_that_grows_until_an_event_comes(chat_of_four):
    room = await chat_of_four.room()
    balancer = chat_of_four.server.balancer
    async with AsyncExitStack() as stack:
        seats = [
            await stack.enter_async_context(seat(chat_of_four, name, ways=[SocketLink], draw=random.random))
            for name in NAMES * 4
        ]
        heard = [Listener(each.client, room) for each in seats]
        await _all(seats, State.LIVE)

        with balancer.refusing():
            await _cut(balancer, seats)
            await _all(seats, State.WAITING, State.CONNECTING, State.WAITING)
        firsts = [each.waits[0] for each in seats]
        assert max(firsts) <= FIRST
        assert max(firsts) - min(firsts) > 0.3, "they come back in step"
        await _all(seats, State.LIVE)

        await _cut(balancer, seats)
        await _all(seats, State.LIVE)
        assert max(each.waits[0] for each in seats) > FIRST, "a hello alone has shortened the wait"

        await seats[0].client.send(room, "an event")
        for each in heard:
            await each.until(lambda each=each: each.bodies[-1:] == ["an event"])
        await _cut(balancer, seats)
        await _all(seats, State.LIVE)
        assert max(each.waits[0] for each in seats) <= FIRST


async def _all(seats, *states):
    for each in seats:
        await each.reach(*states)


async def _cut(balancer, seats):
    """Ends all connections; what was gone through before counts no more."""
    for each in seats:
        each.forget()
    await asyncio.to_thread(balancer.cut)


async def test_what_was_sent_and_not_acknowledged_is_sent_again_and_stays_one_message(chat_of_four):
    room = await chat_of_four.room("anna", "ben")
    count = size(120, 1000)
    async with seat(chat_of_four, "anna") as anna, seat(chat_of_four, "ben") as ben:
        heard = Listener(ben.client, room, after=START)
        told = [
            asyncio.create_task(_talk(each.client, room, name, count)) for each, name in ((anna, "anna"), (ben, "ben"))
        ]
        for step in range(1, 5):
            await heard.until(lambda step=step: len(heard.bodies) > step * count // 4)
            await anna.reach(*[State.LIVE] * step)
            await asyncio.to_thread(chat_of_four.server.balancer.cut)
        await asyncio.gather(*told)
        await heard.until(lambda: len(heard.bodies) >= 2 * count)
        assert [event.seq for event in heard.events] == list(range(1, len(heard.events) + 1))
        for name in ("anna", "ben"):
            own = [body for body in heard.bodies if body.startswith(f"{name} ")]
            assert own == [f"{name} {number}" for number in range(count)]
        assert [message["body"] for message in await chat_of_four.history(room)] == heard.bodies
        assert anna.states.count(State.WAITING) >= 4


async def _talk(client, room, name, count):
    """Gives everything to the outbox, which sends one behind another."""
    await asyncio.gather(*(client.send(room, f"{name} {number}") for number in range(count)))

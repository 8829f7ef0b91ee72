"""Promise 19, and 11 as one client sees it: whatever happens to servers, nothing is lost or doubled in the iterator."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from parley_client import START, Closed, State
from parley_client.client import WAYS
from tests.parley_client.people import Listener, assert_whole, seat, talk
from tests.servers.chat import QuietServer
from tests.servers.program import wait_until


async def test_workers_killed_amid_traffic_lose_and_double_nothing(start_chat):
    chat = await asyncio.to_thread(start_chat, workers=2, kind=QuietServer)
    room = await chat.room("anna", "ben", "cleo")
    count = 150
    async with seat(chat, "anna") as anna, seat(chat, "ben") as ben, seat(chat, "cleo") as cleo:
        heard = [Listener(each.client, room, after=START) for each in (anna, ben, cleo)]
        told = [asyncio.create_task(talk(each.client, room, name, count)) for each, name in ((anna, "a"), (ben, "b"))]
        old = chat.server.worker_pids()
        for each in (anna, ben, cleo):
            each.forget()
        await heard[2].until(lambda: len(heard[2].bodies) > 20)
        await asyncio.to_thread(_kill_one_behind_another, chat.server, old)
        await asyncio.gather(*told)
        for each in heard:
            await each.until(lambda each=each: len(each.bodies) == 2 * count)
            assert_whole(each, ("a", count), ("b", count))
        assert all(State.WAITING in each.states for each in (anna, ben, cleo)), "nobody lost a connection"


def _kill_one_behind_another(server, pids):
    """Kills these workers, the second when the first has a successor."""
    for pid in pids:
        psutil.Process(pid).kill()
        wait_until(lambda pid=pid: len(set(server.worker_pids()) - {pid}) == len(pids), server.describe)


async def test_a_restart_loses_and_doubles_nothing_on_any_way(start_chat):
    chat = await asyncio.to_thread(start_chat)
    room = await chat.room("anna", "ben", "cleo")
    async with AsyncExitStack() as stack:
        heard, told = [], []
        for name, way in zip(("anna", "ben", "cleo"), WAYS, strict=True):
            seated = await stack.enter_async_context(seat(chat, name, ways=[way]))
            heard.append(Listener(seated.client, room, after=START))
            told.append(asyncio.create_task(talk(seated.client, room, name, 40)))
        for each in heard:
            await each.until(lambda each=each: len(each.bodies) > 10)
        await asyncio.to_thread(chat.server.restart)
        await asyncio.gather(*told)
        for each in heard:
            await each.until(lambda each=each: len(each.bodies) == 120)
            assert_whole(each, ("anna", 40), ("ben", 40), ("cleo", 40))


async def test_a_new_epoch_is_a_snapshot_and_then_goes_on(start_chat):
    chat = await asyncio.to_thread(start_chat, PARLEY_POSITION_CHECK_SECONDS="0.2")
    room = await chat.room()
    async with seat(chat, "anna") as anna:
        heard = Listener(anna.client, room, after=START)
        await anna.client.send(room, "before")
        await heard.until(lambda: heard.bodies == ["before"])
        await asyncio.to_thread(chat.server.manage, "new_epoch")
        await heard.until(lambda: heard.items[-1].kind == "snapshot")
        await anna.client.send(room, "behind")
        await heard.until(lambda: heard.bodies == ["before", "behind"])
        assert heard.items[-2].reason == "epoch"
        assert heard.items[-1].seq == heard.items[-2].head + 1


async def test_messages_written_too_fast_are_repeated_in_order(start_chat):
    chat = await asyncio.to_thread(start_chat, PARLEY_SEND_BURST="2", PARLEY_SEND_PER_SECOND="5")
    room = await chat.room()
    async with seat(chat, "anna") as anna:
        heard = Listener(anna.client, room, after=START)
        await asyncio.gather(*(anna.client.send(room, f"a {number}") for number in range(6)))
        await heard.until(lambda: len(heard.bodies) == 6)
        assert_whole(heard, ("a", 6))


async def test_a_message_lost_with_its_acknowledgement_is_sent_once(chat):
    room = await chat.room()
    async with seat(chat, "anna") as anna:
        first = await anna.client.send(room, "once", client_id="a-name")
        again = await anna.client.send(room, "once", client_id="a-name")
        assert first == again


async def expiring(chat):
    """A token of anna's that ends in some seconds: enough to come in with, also on a busy machine."""
    ends = datetime.now(UTC) + timedelta(seconds=6)
    async with chat.browser("anna") as browser:
        made = await browser.post("tokens", json={"name": "short", "expires_at": ends.isoformat()})
        return made.raise_for_status().json()["token"]


async def test_an_expired_token_is_renewed_at_once_and_nothing_is_lost(chat):
    room = await chat.room()
    tokens = [await expiring(chat), chat.tokens["anna"]]

    async def fetch():
        return tokens.pop(0)

    async with seat(chat, "anna", token=fetch) as anna:
        heard = Listener(anna.client, room, after=START)
        await heard.has(1)
        anna.forget()
        await anna.reach(State.CONNECTING, State.LIVE)
        assert State.WAITING not in anna.states
        await anna.client.send(room, "still here")
        await heard.until(lambda: heard.bodies == ["still here"])
        assert_whole(heard)


async def test_an_expired_token_without_another_ends_everything(chat):
    async with seat(chat, "anna", token=await expiring(chat)) as anna:
        with pytest.raises(Closed):
            await Listener(anna.client, await chat.room(), after=START).end()

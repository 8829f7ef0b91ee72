"""On every way the same is heard and said."""

import asyncio

import pytest

from parley_client import START, Closed, Cursor, MessageStore, Refused, Snapshot
from tests.parley_client.people import Listener, seat


async def test_what_is_said_is_heard_once_in_order(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna, seat(chat, "ben", ways=[way]) as ben:
        heard = Listener(ben.client, room, after=START)
        sent = await asyncio.gather(*(anna.client.send(room, f"number {number}") for number in range(20)))
        await heard.until(lambda: len(heard.bodies) == 20)
        assert heard.bodies == [f"number {number}" for number in range(20)]
        assert [event.seq for event in heard.events] == list(range(1, 1 + len(heard.events)))
        assert [event.message for event in heard.events if event.kind == "message.created"] == sent


async def test_a_cursor_of_one_client_continues_in_another(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        heard = Listener(anna.client, room, after=START)
        for number in range(3):
            await anna.client.send(room, f"number {number}")
        await heard.until(lambda: len(heard.bodies) == 3)
        cursor = anna.client.cursor(room)
        await anna.client.send(room, "later")
    async with seat(chat, "anna", ways=[way]) as anna:
        continued = Listener(anna.client, room, after=cursor)
        await continued.has(1)
        assert continued.bodies == ["later"]


async def test_from_now_on_means_from_now_on(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        await anna.client.send(room, "before")
        heard = Listener(anna.client, room, snapshot=True)
        await heard.has(1)
        assert [message.body for message in heard.items[0].messages] == ["before"]
        late = Listener(anna.client, room)
        while not late.items:
            await anna.client.send(room, "behind")
        assert set(late.bodies) == {"behind"}


async def test_who_missed_too_much_gets_the_newest_page_instead(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        for number in range(5):
            await anna.client.send(room, f"number {number}")
        heard = Listener(anna.client, room, after=START, most=3)
        await heard.has(1)
        await anna.client.send(room, "behind")
        await heard.has(2)
        page, event = heard.items
        assert (type(page), page.reason) == (Snapshot, "limited")
        assert [message.body for message in page.messages] == [f"number {number}" for number in (4, 3, 2, 1, 0)]
        assert (event.seq, event.message.body) == (page.head + 1, "behind")


async def test_a_cursor_of_another_history_gets_the_newest_page(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        await anna.client.send(room, "one")
        heard = Listener(anna.client, room, after=Cursor(1, "another-epoch"))
        await heard.has(1)
        assert (heard.items[0].reason, heard.items[0].messages[0].body) == ("epoch", "one")


async def test_a_room_one_may_not_read_is_refused_and_the_others_are_not(chat, way):
    hidden, room = await chat.room(kind="private"), await chat.room()
    async with seat(chat, "ben", ways=[way]) as ben:
        heard = Listener(ben.client, room, after=START)
        with pytest.raises(Refused, match="not_found"):
            await Listener(ben.client, hidden).end()
        await ben.client.send(room, "still here")
        await heard.until(lambda: heard.bodies == ["still here"])


async def test_who_is_removed_from_a_room_is_told_so(chat, way):
    room = await chat.room("anna", "ben", kind="private")
    async with seat(chat, "ben", ways=[way]) as ben, chat.rest("anna") as anna:
        heard = Listener(ben.client, room, after=START)
        await heard.has(2)
        (await anna.delete(f"rooms/{room}/members/ben")).raise_for_status()
        with pytest.raises(Refused, match="not_found"):
            await heard.end()


async def test_a_wrong_token_ends_everything(chat, way):
    async with seat(chat, "anna", token="wrong", ways=[way]) as anna:
        with pytest.raises(Closed):
            await anna.client.send("general", "hello")
        with pytest.raises(Closed):
            await Listener(anna.client, "general").end()


async def test_a_revoked_token_ends_everything(chat, way):
    room = await chat.room()
    async with chat.browser("cleo") as cleo:
        made = (await cleo.post("tokens", json={"name": "lost", "scopes": ["read", "write"]})).raise_for_status().json()
        async with seat(chat, "cleo", token=made["token"], ways=[way]) as other:
            heard = Listener(other.client, room, after=START)
            await heard.has(1)
            (await cleo.delete(f"tokens/{made['id']}")).raise_for_status()
            with pytest.raises(Closed):
                await heard.end()


async def test_edits_reactions_and_pins_lead_to_what_the_history_shows(chat, way):
    room = await chat.room("anna", "ben")
    async with seat(chat, "anna", ways=[way]) as anna:
        heard = Listener(anna.client, room, after=START)
        first, second, third = [await anna.client.send(room, body) for body in ("one", "two", "three")]
        await anna.client.api.request("PATCH", f"rooms/{room}/messages/{first.seq}", json={"body": "edited"})
        await anna.client.api.request("PUT", f"rooms/{room}/messages/{second.seq}/reactions/👍")
        await anna.client.api.request("PUT", f"rooms/{room}/messages/{second.seq}/pin")
        last = await anna.client.api.request("DELETE", f"rooms/{room}/messages/{third.seq}")
        await heard.until(lambda: heard.items and heard.items[-1].seq == last["version"])
        store = MessageStore()
        for item in heard.items:
            store.take(item)
        assert list(store) == [message async for message in anna.client.history(room, after=0)]


async def test_ended_by_its_user_iterators_end_quietly(chat, way):
    room = await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        heard = Listener(anna.client, room, after=START)
        await heard.has(1)
    await heard.end()


async def test_rooms_may_be_left_and_followed_again(chat, way):
    room, other = await chat.room(), await chat.room()
    async with seat(chat, "anna", ways=[way]) as anna:
        stays = Listener(anna.client, other, after=START)
        async for item in anna.client.follow(room, after=START):
            assert item.seq == 1
            break
        async for item in anna.client.follow(room, after=START):
            assert item.seq == 1
            break
        await anna.client.send(other, "still here")
        await stays.until(lambda: stays.bodies == ["still here"])

"""A token for certain rooms finds these alone, on every door: any other room is like none."""

import pytest

from chat.services.tokens import create_token
from tests.api.caller import Caller
from tests.api.test_privacy import differences
from tests.client import Refused, connect
from tests.world import say


def confined(person, *rooms, scopes=("read", "write", "moderate")) -> Caller:
    return Caller(token=create_token(actor=person, person=person, name="bot", scopes=scopes, rooms=rooms)[1])


def test_it_works_in_its_rooms(cast):
    caller = confined(cast.anna, "bridge")
    assert caller.get("rooms/bridge/messages").status == 200
    assert caller.patch("rooms/bridge", {"topic": "Watches"}).status == 200
    assert [room["room"] for room in caller.get("rooms").data["results"]] == ["bridge"]


@pytest.mark.parametrize("hidden", ["harbour", "direct"])
def test_any_other_room_is_like_none(cast, hidden):
    slug = getattr(cast, hidden)
    seq = say(cast.anna, slug, "secret").seq
    assert differences(confined(cast.anna, "bridge"), slug, seq) == []


def test_what_is_about_no_room_is_closed_to_it(cast):
    caller = confined(cast.anna, "bridge")
    refused = [
        caller.get("people"), caller.get("rooms", scope="open"), caller.get("tokens"),
        caller.post("rooms", {"room": "galley"}), caller.post("direct-rooms", {"people": ["ben"]}),
        caller.patch("people/me", {"display_name": "x"}),
    ]  # fmt: skip
    assert {answer.code for answer in refused} == {"forbidden"}
    assert caller.get("people/me").status == 200
    assert caller.get("session").status == 200


def test_it_can_end_itself(cast):
    caller = confined(cast.anna, "bridge")
    own = create_token(actor=cast.anna, person=cast.anna, name="x")[0].pk - 1
    assert caller.delete(f"tokens/{own}").status == 204


async def test_sockets_streams_and_polls_end_at_its_rooms_too(chat):
    inside, outside = await chat.room("anna", "ben"), await chat.room("anna", "ben")
    async with chat.browser("ben") as browser:
        body = {"name": "bot", "rooms": [inside], "scopes": ["read", "write"]}
        token = (await browser.post("tokens", json=body)).json()["token"]
    headers = {"authorization": f"Bearer {token}"}
    async with chat.http(headers=headers) as rest:
        ticket = (await rest.post("tickets")).json()["ticket"]
        assert (await rest.get(f"rooms/{inside}/events")).status_code == 200
        polls = [await rest.get(f"rooms/{room}/events") for room in (outside, "no-such-room")]
        assert polls[0].status_code == 404
        assert polls[0].content == polls[1].content
        streams = [await rest.get(f"events/stream?rooms={room}") for room in (outside, "no-such-room")]
        assert streams[0].status_code == 404
        assert streams[0].content == streams[1].content
    for socket in (
        await connect(f"{chat.server.ws_url}/ws/", token=token),
        await connect(f"{chat.server.ws_url}/ws/?ticket={ticket}"),
    ):
        async with socket:
            assert [room["room"] for room in socket.hello["rooms"]] == [inside]
            await socket.subscribe(inside)
            await socket.say(inside, "here")
            for room in (outside, "no-such-room"):
                with pytest.raises(Refused, match="not_found"):
                    await socket.subscribe(room)
                with pytest.raises(Refused, match="not_found"):
                    await socket.say(room, "there")
                with pytest.raises(Refused, match="not_found"):
                    await socket.call("mark-read", room=room, seq=1)


async def test_a_socket_that_takes_a_token_for_fewer_rooms_follows_no_more(chat):
    inside, outside = await chat.room("anna", "ben"), await chat.room("anna", "ben")
    async with chat.browser("ben") as browser:
        token = (await browser.post("tokens", json={"name": "bot", "rooms": [inside]})).json()["token"]
    async with await chat.connect("ben") as ben, await chat.connect("anna") as anna:
        within, without = await ben.subscribe(inside), await ben.subscribe(outside)
        await ben.call("refresh", token=token)
        await anna.say(outside, "unheard")
        await anna.say(inside, "heard")
        await ben.until(lambda: within.events)
        await ben.call("ping")
        assert not without.events

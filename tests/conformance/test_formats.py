"""Every format carries the whole protocol: the same session in each, side by side, and faults the socket survives."""

import pytest

from chat.wire import chat_pb2 as pb
from tests.client import Client
from tests.formats import FORMATS, plain
from tests.inhabited import Chat
from tests.wire.test_proto import PROTO

SUBPROTOCOLS = sorted(FORMATS)


async def speak(chat: Chat, name: str, subprotocol: str) -> Client:
    return await chat.connect(name, subprotocols=(subprotocol,), chosen=subprotocol)


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
async def test_a_whole_session(any_chat: Chat, subprotocol: str):
    room = await any_chat.room("anna", "ben")
    async with await speak(any_chat, "anna", subprotocol) as anna:
        assert anna.hello["person"]["username"] == "anna"
        log = await anna.subscribe(room)
        said = await anna.say(room, "one 👋🏽")
        await anna.call("edit-message", room=room, seq=said["seq"], body="two")
        await anna.call("add-reaction", room=room, seq=said["seq"], emoji="👍🏽")
        await anna.call("pin-message", room=room, seq=said["seq"])
        await anna.call("delete-message", room=room, seq=said["seq"])
        await anna.call("mark-read", room=room, seq=said["seq"])
        await anna.reach(room, said["seq"] + 4)
        assert [event["kind"] for event in log.events] == [
            "message.created",
            "message.edited",
            "reaction.added",
            "message.pinned",
            "message.deleted",
        ]
    async with await speak(any_chat, "ben", subprotocol) as ben:
        again = await ben.subscribe(room, after=log.events[0]["seq"] - 1, most=None)
        assert again.cursor == log.cursor


async def test_all_formats_hear_the_same_in_one_room(any_chat: Chat):
    room = await any_chat.room("anna", "ben")
    clients = [await speak(any_chat, "anna", subprotocol) for subprotocol in SUBPROTOCOLS]
    live = [await client.subscribe(room) for client in clients]
    start = live[0].cursor
    for client, subprotocol in zip(clients, SUBPROTOCOLS, strict=True):
        said = await client.say(room, f"{subprotocol} <b>& 世界", reply_to=None)
        await client.call("add-reaction", room=room, seq=said["seq"], emoji="❤️")
    heard = [plain((await client.reach(room, start + 6)).events) for client in clients]
    caught_up = [plain((await client.subscribe(room, after=start, most=None)).events) for client in clients]
    assert len(heard[0]) == 6
    assert [*heard, *caught_up] == [heard[0]] * 6
    for client in clients:
        await client.close()


FAULTS: dict[str, list[str | bytes]] = {
    "chat.v1.json": [b'{"command":"ping","id":1}', "", "{", '{"command":"set-typing","room":"\\ud800"}', "[" * 60_000],
    "chat.v1.msgpack": ['{"command":"ping","id":1}', b"", b"\xc1", b"\x81\xa7command\xa4pi\xff\xff", b"\x91" * 60_000],
    "chat.v1.protobuf": ['{"command":"ping","id":1}', b"", b"\xff", b"\x4a\x04\x0a\x02\xff\xff", b"\xf3\x07" * 30_000],
}


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
async def test_what_cannot_be_read_is_invalid_and_the_socket_lives(any_chat: Chat, subprotocol: str):
    async with await speak(any_chat, "ben", subprotocol) as ben:
        for fault in FAULTS[subprotocol]:
            await ben.send(fault)
            assert (await ben.expect("error"))["error"]["code"] == "invalid"
        assert await ben.call("ping") == {}


@pytest.mark.parametrize("subprotocol", SUBPROTOCOLS)
async def test_a_frame_of_more_than_64_kib_is_too_large(any_chat: Chat, subprotocol: str):
    ben = await speak(any_chat, "ben", subprotocol)
    await ben.send({"command": "set-typing", "room": "x" * 65_536})
    assert await ben.closed() == 4013
    assert ben.heard[0]["error"]["code"] == "too_large"


async def test_a_command_that_the_file_does_not_have_is_unknown(any_chat: Chat):
    async with await speak(any_chat, "ben", "chat.v1.protobuf") as ben:
        await ben.send(pb.ClientFrame().SerializeToString() + b"\xf2\x07\x00")
        assert (await ben.expect("error"))["error"]["code"] == "unknown_command"


async def test_the_first_known_subprotocol_that_is_offered_is_spoken(any_chat: Chat):
    offered = ("chat.v9", "chat.v1.msgpack", "chat.v1.json")
    async with await any_chat.connect("ben", subprotocols=offered, chosen="chat.v1.msgpack") as ben:
        assert await ben.call("ping") == {}


async def test_the_file_can_be_downloaded(any_chat: Chat):
    async with any_chat.http() as http:
        answer = await http.get(f"{any_chat.server.url}/static/chat/chat.proto")
    assert answer.status_code == 200
    assert answer.content == PROTO.read_bytes()

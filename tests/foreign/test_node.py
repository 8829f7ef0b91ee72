"""A program on the npm package `ws`: in JSON, and in Protobuf by protobufjs, which shares no code with ours."""

import asyncio
import json
from typing import Any

import pytest

from tests.formats import plain
from tests.inhabited import Chat
from tests.servers.node import Node
from tests.wire.test_proto import PROTO


@pytest.mark.parametrize("proto", [(), (str(PROTO),)], ids=["json", "protobuf"])
async def test_ws_lives_through_a_whole_session(any_chat: Chat, node: Node, proto: tuple[str, ...]):
    room = await any_chat.room("anna", "ben")
    arguments = (f"{any_chat.server.ws_url}/ws/", any_chat.tokens["ben"], room, *proto)
    done = await asyncio.to_thread(node.run, "session.js", "", *arguments)
    assert done.returncode == 0, done.stderr
    said: Any = json.loads(done.stdout)
    assert said["hello"]["person"]["username"] == "ben"
    [followed] = said["subscribed"]["result"]["rooms"]
    assert followed == {"room": room, "head": said["live"]["head"]}
    assert said["sent"]["id"] == "two"
    assert said["heard"]["events"][-1]["message"]["version"] == said["sent"]["result"]["message"]["version"]
    assert said["refused"]["result"]["rooms"][0]["error"]["code"] == "not_found"
    async with await any_chat.connect("anna") as anna:
        log = await anna.subscribe(room, after=said["live"]["head"], most=None)
    assert log.bodies == ["here", "meanwhile", "and more"]
    heard = [*said["heard"]["events"], *said["missed"]["events"]]
    assert plain(heard) == plain(log.events)
    assert said["end"]["head"] == log.cursor

"""The page of the protocol is true: its examples are played on a real server, its tables are those of the code."""

from typing import get_args, get_type_hints

import pytest

from chat.conf import Conf
from chat.domain import errors, shapes
from chat.domain.closing import CloseCode
from chat.domain.text import MAX_BODY
from chat.realtime.feed import PAGE_BYTES, PAGE_EVENTS
from chat.realtime.opening import AUTHENTICATE_SECONDS
from chat.wire import client, server
from tests.docs.page import DOCS, blocks, table_keys
from tests.docs.stage import Stage
from tests.inhabited import PASSWORD

PAGE = DOCS / "protocol.md"
HEARD = {kind.__struct_config__.tag for kind in get_args(client.AnyClientFrame)}
SAID = {kind.__struct_config__.tag for kind in get_args(server.AnyServerFrame)}


@pytest.fixture
async def stage(start_chat, curl):
    """The room general on a fresh installation, which anna has made and ben has joined."""
    chat = start_chat(PARLEY_SEND_BURST=str(Conf.SEND_BURST), PARLEY_HEARTBEAT_SECONDS="0.5")
    async with chat.rest("anna") as anna, chat.rest("ben") as ben:
        (await anna.post("rooms", json={"room": "general"})).raise_for_status()
        (await ben.put("rooms/general/membership")).raise_for_status()
    known = {"PASSWORD": PASSWORD, "BENS_TOKEN": chat.tokens["ben"]}
    found = Stage(chat.server.url.removeprefix("http://"), known)
    yield found
    await found.close()


async def test_every_example_happens_as_it_is_shown(stage):
    usual = round(Conf.HEARTBEAT_SECONDS * 1000)
    for block in blocks(PAGE):
        await stage.play(block._replace(text=block.text.replace(f'_interval_ms": {usual}', '_interval_ms": 500')))
    assert stage.said == HEARD, "commands without an example"
    assert stage.heard == SAID, "frames of the server without an example"


def test_every_command_is_in_a_table():
    assert set(table_keys(PAGE, "### What a client says")) == HEARD
    assert set(table_keys(PAGE, "### What the server says")) == SAID


def test_every_kind_of_event_is_in_a_table():
    kinds = {kind for event in get_args(shapes.Event) for kind in get_args(get_type_hints(event)["kind"])}
    assert set(table_keys(PAGE, "## Events")) == kinds


def test_every_error_is_in_a_table_with_its_status():
    text = PAGE.read_text()
    assert set(table_keys(PAGE, "## Errors")) == errors.ALL.keys()
    for code, error in errors.ALL.items():
        [row] = [line for line in text.splitlines() if line.startswith("|") and f"`{code}`" in line.split("|")[1]]
        assert f" {error.status} " in row
        assert row.rstrip().endswith("yes |") == error.retryable


def test_the_limits_are_those_of_the_code():
    limits = PAGE.read_text().split("\n## Limits\n", 1)[1].split("\n## ", 1)[0]
    numbers = (
        f"{client.FRAME_BYTES // 1024} KiB",
        f"{Conf.FRAMES_BURST} at once, then {Conf.FRAMES_PER_SECOND:.0f} a second",
        f"{MAX_BODY:,} characters",
        f"{Conf.SEND_BURST} at once, then one a second",
        f"{client.MOST_ROOMS}, {client.MOST_SUBSCRIPTIONS}, {client.MOST_STREAMED}",
        f"else {client.MISSED:,}",
        f"{PAGE_EVENTS} events, {PAGE_BYTES // 1024} KiB",
        f"| {Conf.SOCKETS_PER_PERSON} |",
        f"{Conf.CONNECTS_BURST:,} at once, then {Conf.CONNECTS_PER_SECOND:.0f} a second",
        f"{Conf.SLOW_SECONDS:.0f} seconds",
        f"{AUTHENTICATE_SECONDS:.0f} seconds",
    )
    assert [each for each in numbers if each not in limits] == []
    assert Conf.SEND_PER_SECOND == 1


def test_every_close_code_is_in_a_table():
    assert [int(code) for code in table_keys(PAGE, "## Close codes")] == sorted(CloseCode)

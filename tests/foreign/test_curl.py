"""Nothing but curl: server-sent events by `curl -N`, polls and long polls, each time from the cursor on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from tests.foreign.conftest import Stranger
from tests.terminal import Terminal, running

JSON = ("-H", "Content-Type: application/json")


class Curl:
    """Curl with ben's token."""

    def __init__(self, program: str, stranger: Stranger) -> None:
        self._program, self._stranger = program, stranger

    def run(self, path: str, *options: str) -> AbstractAsyncContextManager[Terminal]:
        """It while the block runs."""
        bearer = f"Authorization: Bearer {self._stranger.token}"
        address = f"{self._stranger.chat.server.url}/api/v1/{path}"
        return running(self._program, "-sS", "--noproxy", "*", "-H", bearer, *options, address)

    async def get(self, path: str, *options: str) -> Any:
        """What it prints, which is JSON."""
        async with self.run(path, *options) as terminal:
            return json.loads("\n".join(await terminal.end()))

    async def say(self, body: str) -> int:
        """The seq of what was said."""
        data = json.dumps({"client_id": body, "body": body})
        answer = await self.get(f"rooms/{self._stranger.room}/messages", *JSON, "-d", data)
        seq: int = answer["seq"]
        return seq

    async def poll(self, after: int, epoch: str, wait: int) -> Any:
        """The answer of a poll, or a long one."""
        return await self.get(f"rooms/{self._stranger.room}/events?after={after}&epoch={epoch}&wait={wait}")


@pytest.fixture
async def ben(curl: str, stranger: Stranger) -> AsyncIterator[Curl]:
    found = Curl(curl, stranger)
    assert (await found.get("session"))["person"]["username"] == "ben"
    yield found


def bodies(events: list[Any]) -> list[str]:
    return [event["message"]["body"] for event in events]


def streamed(lines: list[str], command: str) -> list[tuple[str, Any]]:
    """The events of this name that have come whole, each with its id."""
    fields = [dict(line.split(": ", 1) for line in event.split("\n") if ": " in line) for event in whole(lines)]
    return [(each.get("id", ""), json.loads(each["data"])) for each in fields if each.get("event") == command]


def whole(lines: list[str]) -> list[str]:
    return "\n".join([*lines, ""]).split("\n\n")[:-1]


async def heard(terminal: Terminal, *expected: str) -> str:
    """Waits until exactly these were said; the id behind the last."""

    def all_said(lines: list[str]) -> list[tuple[str, Any]]:
        pages = streamed(lines, "events")
        said = [body for _, page in pages for body in bodies(page["events"])]
        assert said == list(expected)[: len(said)]
        return pages if len(said) == len(expected) else []

    return (await terminal.until(all_said))[-1][0]


async def test_a_stream_by_curl_comes_back_with_its_last_id_and_has_missed_nothing(ben: Curl, stranger: Stranger):
    path = f"events/stream?rooms={stranger.room}"
    async with ben.run(path, "-N") as stream:
        await stream.until(lambda lines: streamed(lines, "live"))
        await ben.say("one")
        last = await heard(stream, "one")
    for body in ("meanwhile", "and more"):
        await ben.say(body)
    async with ben.run(path, "-N", "-H", f"Last-Event-ID: {last}") as stream:
        await heard(stream, "meanwhile", "and more")
        await ben.say("live again")
        await heard(stream, "meanwhile", "and more", "live again")


async def test_polls_by_curl_go_on_from_their_cursor(ben: Curl, stranger: Stranger):
    start = await ben.get(f"rooms/{stranger.room}/messages")
    head, epoch = start["head"], start["epoch"]
    one = await ben.say("one")
    answer = await ben.poll(head, epoch, 0)
    assert bodies(answer["events"]) == ["one"]
    assert await ben.poll(head, epoch, 0) == answer, "asked again after a lost answer"
    assert answer["cursor"] == one
    await ben.say("two")
    assert bodies((await ben.poll(one, epoch, 0))["events"]) == ["two"]


async def test_a_long_poll_by_curl_waits_for_what_is_said(ben: Curl, stranger: Stranger):
    start = await ben.get(f"rooms/{stranger.room}/messages")
    head, epoch = start["head"], start["epoch"]
    waiting = asyncio.create_task(ben.poll(head, epoch, 30))
    one = await ben.say("one")
    answer = await waiting
    assert (bodies(answer["events"]), answer["cursor"]) == (["one"], one)
    nothing = await ben.poll(one, epoch, 1)
    assert (nothing["events"], nothing["cursor"]) == ([], one)

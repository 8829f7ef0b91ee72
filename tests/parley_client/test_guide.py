"""Every example of docs/write-your-own-client.md does what the page says of it."""

import asyncio
import json
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers.node import FOLDER
from tests.servers.program import wait_until
from tests.terminal import running

PAGE = Path(__file__).parents[2] / "docs/write-your-own-client.md"
EXAMPLE = re.compile(r"<!-- (\S+) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = {"py": "python", "mjs": "javascript", "sh": "bash"}


@pytest.fixture
def examples(tmp_path):
    """The examples of the page as files; those for Node beside its packages."""
    for name, _, text in EXAMPLE.findall(PAGE.read_text()):
        (tmp_path / name).write_text(text)
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    return tmp_path


class Language(NamedTuple):
    """The ending of a file, and the program that runs it."""

    ending: str
    program: str


class Bench:
    """Runs examples as one person in one room."""

    def __init__(self, chat, folder, room):
        self.chat, self.room = chat, room
        self._folder = folder
        self._variables = {"PARLEY_URL": chat.server.url, "PARLEY_TOKEN": chat.tokens["anna"], "ROOM": room}

    def run(self, name, language, *arguments):
        """The example while the block runs."""
        script = str(self._folder / f"{name}.{language.ending}")
        return running(language.program, script, *arguments, **self._variables)

    async def post(self, *bodies):
        """Ben says something."""
        async with self.chat.rest("ben") as ben:
            for body in bodies:
                answer = await ben.post(f"rooms/{self.room}/messages", json={"client_id": body, "body": body})
                answer.raise_for_status()


@pytest.fixture(params=["py", "mjs"])
def language(request):
    """The test runs with the example in each language: the ending of its file, and what runs it."""
    program = sys.executable if request.param == "py" else request.getfixturevalue("node").binary
    return Language(request.param, program)


@pytest.fixture
def bash():
    """As `language`, where the example is a script of curl."""
    if not shutil.which("curl") or not (program := shutil.which("bash")):
        pytest.skip("NOT TESTED: no curl: install curl and bash")
    return Language("sh", program)


@pytest.fixture
async def bench(chat, examples):
    return Bench(chat, examples, await chat.room("anna", "ben"))


def test_every_example_has_a_name_and_its_language():
    found = EXAMPLE.findall(PAGE.read_text())
    assert all(LANGUAGES[name.rpartition(".")[2]] == language for name, language, _ in found)
    assert len(found) == PAGE.read_text().count("\n```") // 2 - 1, "only the variables at the top have no name"
    hello = next(text for name, _, text in found if name == "hello.py")
    assert len([line for line in hello.splitlines() if line]) <= 20


async def test_hello_hears_what_is_said(bench, language):
    async with bench.run("hello", language) as hello:
        await hello.says("listening")
        await bench.post("good morning")
        await hello.says("ben: good morning")
        assert hello.lines[0] == "I am anna"


async def test_hello_by_curl_hears_what_is_said(bench, bash):
    async with bench.run("hello", bash) as hello:
        await hello.says("event: live")
        await bench.post("good morning")
        await hello.until(lambda lines: any('"body":"good morning"' in line for line in lines))


async def test_said_twice_under_one_name_it_is_one_message(bench, language):
    said = []
    for _ in range(2):
        async with bench.run("say", language, "a-name", "good morning") as say:
            said += await say.end()
    assert said[0] == said[1] and int(said[0])


async def test_said_by_curl_it_is_in_the_history_by_curl(bench, bash):
    async with bench.run("say", bash, "a-name", "good morning") as say:
        message = json.loads("".join(await say.end()))
    async with bench.run("history", bash) as history:
        page = json.loads("".join(await history.end()))
    assert page["results"] == [message]


async def test_resumed_it_prints_every_message_once(bench, language, tmp_path):
    heard = []
    for bodies in (("one", "two"), ("three",), ("four", "five")):
        await bench.post(*bodies)
        async with bench.run("resume", language, str(tmp_path / "cursor")) as resume:
            await resume.says(f"ben: {bodies[-1]}")
            await _noted(tmp_path / "cursor", bench)
            heard += resume.lines
    assert heard == [f"ben: {body}" for body in ("one", "two", "three", "four", "five")]


async def _noted(file, bench):
    """Waits until the example has noted that it has dealt with all there is."""
    async with bench.chat.rest("anna") as anna:
        head = (await anna.get(f"rooms/{bench.room}/messages")).json()["head"]

    def done():
        text = file.read_text() if file.exists() else ""
        return bool(text) and json.loads(text)["after"] == head

    await asyncio.to_thread(wait_until, done, lambda: f"not noted: {head}")


async def test_polled_by_curl_every_event_comes_once(bench, bash):
    await bench.post("one")
    async with bench.run("poll", bash) as poll:
        await poll.until(lambda lines: any('"body":"one"' in line for line in lines))
        await bench.post("two")
        await poll.until(lambda lines: any('"body":"two"' in line for line in lines))
        seqs = [event["seq"] for line in poll.lines for event in json.loads(line)["events"]]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_a_stream_by_curl_goes_on_behind_its_last_id(bench, bash):
    async with bench.run("hello", bash) as hello:
        await hello.says("event: live")
        await bench.post("one")
        await hello.until(lambda lines: any('"body":"one"' in line for line in lines))
        mark = [line for line in hello.lines if line.startswith("id: ")][-1].removeprefix("id: ")
    await bench.post("two")
    async with bench.run("stream", bash, mark) as stream:
        await stream.until(lambda lines: any('"body":"two"' in line for line in lines))
        assert not any('"body":"one"' in line for line in stream.lines)


async def test_the_whole_client_loses_and_doubles_nothing_through_a_crash(start_chat, examples, language):
    chat = await asyncio.to_thread(start_chat)
    bench = Bench(chat, examples, await chat.room("anna", "ben"))
    async with bench.run("client", language) as client:
        client.type("one")
        await client.says("anna: one")
        await bench.post("two")
        await client.says("ben: two")
        await asyncio.to_thread(chat.server.kill)
        client.type("three")
        client.type("four")
        await asyncio.to_thread(chat.server.start)
        await bench.post("five")
        await client.until(lambda lines: {"anna: four", "ben: five"} <= {*lines})
        assert client.lines == [
            f"{each['author']['username']}: {each['body']}" for each in await chat.history(bench.room)
        ]


async def test_the_whole_client_begins_anew_when_the_server_no_longer_knows_its_cursor(start_chat, examples, language):
    chat = await asyncio.to_thread(start_chat, PARLEY_POSITION_CHECK_SECONDS="0.2")
    bench = Bench(chat, examples, await chat.room("anna", "ben"))
    async with bench.run("client", language) as client:
        client.type("one")
        await client.says("anna: one")
        await asyncio.to_thread(chat.server.manage, "new_epoch")
        await client.says("--- the last 1 messages")
        await bench.post("two")
        await client.says("ben: two")
        assert client.lines == ["anna: one", "--- the last 1 messages", "anna: one", "ben: two"]

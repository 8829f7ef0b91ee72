"""The chat from a terminal: lines of JSON, one sentence for every error, and the fitting exit code."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest

from parley_client.__main__ import main
from tests.patience import PATIENCE
from tests.servers.program import free_port


def command(*words):
    return [sys.executable, "-m", "parley_client", *words]


def environment(chat, name="anna", **changes):
    return {**os.environ, "PARLEY_URL": chat.server.url, "PARLEY_TOKEN": chat.tokens[name], **changes}


async def run(chat, *words, given="", **changes):
    """Runs one command to its end: its exit code, its lines, and what it complained of."""
    done = await asyncio.to_thread(
        subprocess.run, command(*words), input=given, capture_output=True, text=True, timeout=PATIENCE,
        env=environment(chat, **changes),
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


async def start(chat, *words):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command(*words), stdout=pipe, stderr=pipe, env=environment(chat), preexec_fn=_listen
    )


def _listen():
    """A run that was started in the background of a shell leaves interrupts ignored to all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class following:
    """`follow` while the block runs; its lines."""

    def __init__(self, chat, *words):
        self._chat, self._words = chat, words

    async def __aenter__(self):
        self._program = await start(self._chat, "follow", *self._words)
        return self._lines()

    async def __aexit__(self, *_):
        self._program.terminate()
        await self._program.wait()

    async def _lines(self):
        while True:
            async with asyncio.timeout(PATIENCE):
                yield json.loads(await self._program.stdout.readline())


async def test_what_is_sent_is_in_the_history(chat):
    room = await chat.room()
    code, [message], said = await run(chat, "send", room, "hello")
    assert (code, message["body"], said) == (0, "hello", "")
    assert (await run(chat, "history", room))[:2] == (0, [message])


async def test_a_text_may_come_from_standard_input(chat):
    _, [message], _ = await run(chat, "send", await chat.room(), "-", given="two\nlines\n")
    assert message["body"] == "two\nlines"


async def test_sent_again_under_its_name_it_stays_one_message(chat):
    room = await chat.room()
    first, second = [await run(chat, "send", room, "once", "--client-id", "a-name") for _ in range(2)]
    assert first == second


async def test_history_shows_the_newest_or_those_behind_a_place_always_the_oldest_first(chat):
    room = await chat.room()
    seqs = []
    async with chat.rest("anna") as anna:
        for number in range(5):
            posted = await anna.post(f"rooms/{room}/messages", json={"client_id": f"c{number}", "body": str(number)})
            seqs.append(posted.raise_for_status().json()["seq"])

    async def bodies(*options):
        return "".join(message["body"] for message in (await run(chat, "history", room, *options))[1])

    assert await bodies("--limit", "2") == "34"
    assert await bodies("--limit", "2", "--before", str(seqs[3])) == "12"
    assert await bodies("--after", "0") == "01234"
    assert await bodies("--after", str(seqs[0]), "--limit", "2") == "12"


async def test_follow_prints_events_as_they_come_and_continues_where_it_ended(chat):
    room = await chat.room()
    async with following(chat, room, "--after", "0") as lines:
        created = await anext(lines)
        await run(chat, "send", room, "one")
        first = await anext(lines)
        assert (created["kind"], first["message"]["body"]) == ("member.joined", "one")
    await run(chat, "send", room, "two")
    async with following(chat, room, "--after", str(first["seq"]), "--epoch", first["epoch"]) as lines:
        assert (await anext(lines))["message"]["body"] == "two"


async def test_interrupted_it_ends_without_a_word(chat):
    program = await start(chat, "-v", "follow", await chat.room())
    async with asyncio.timeout(PATIENCE):
        while b"live" not in await program.stderr.readline():
            pass
        program.send_signal(signal.SIGINT)
        _, said = await program.communicate()
    assert (program.returncode, said.replace(b"parley: closed\n", b"")) == (130, b"")


async def test_a_reader_that_goes_ends_it_quietly(chat):
    room = await chat.room()
    program = await start(chat, "history", room, "--after", "0")
    program.stdout._transport.close()
    async with asyncio.timeout(PATIENCE):
        assert (await program.stderr.read(), await program.wait()) == (b"", 0)


COMMANDS = [("send", "nowhere", "hello"), ("history", "nowhere"), ("follow", "nowhere")]


@pytest.mark.parametrize("words", COMMANDS)
async def test_a_refusal_is_one_sentence_with_its_code(chat, words):
    code, lines, said = await run(chat, *words)
    assert (code, lines) == (1, [])
    assert said == "parley: not_found: There is no such thing, or it is not yours to see.\n"


@pytest.mark.parametrize("words", COMMANDS)
async def test_wrong_credentials_have_a_code_of_their_own(chat, words):
    code, lines, said = await run(chat, *words, PARLEY_TOKEN="wrong")
    assert (code, lines) == (3, [])
    assert said.startswith("parley: ") and said.count("\n") == 1


@pytest.mark.parametrize("words", COMMANDS[:2])
async def test_a_server_that_does_not_answer_has_a_code_of_its_own(chat, words):
    nobody = f"http://127.0.0.1:{free_port()}"
    code, lines, said = await run(chat, "--timeout", "0.3", *words, PARLEY_URL=nobody)
    assert (code, lines) == (4, [])
    assert said.startswith(f"parley: no answer from {nobody} within 0.3 s.")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["history", "general"], "--url and --token are needed"),
        (["--url", "ftp://x", "--token", "t", "history", "general"], "invalid address value"),
        (["--url", "http://x", "--token", "t", "follow", "general", "--after", "7"], "--after needs the --epoch"),
        (["--url", "http://x", "--token", "t"], "required: command"),
    ],
)
def test_wrong_usage_is_said(words, complaint, monkeypatch, capsys):
    monkeypatch.delenv("PARLEY_URL", raising=False)
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert complaint in capsys.readouterr().err

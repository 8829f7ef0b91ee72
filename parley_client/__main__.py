"""The chat from a terminal or a script: `python -m parley_client follow|send|history ROOM`, as lines of JSON."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import msgspec

from parley_client.client import Client, address
from parley_client.errors import Closed, ParleyError, Refused
from parley_client.feed import MISSED
from parley_client.shapes import Cursor
from parley_client.states import State

BACKWARDS = 50
"""Messages of `history` unless told otherwise."""


class Exit(IntEnum):
    """How the program ends."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CREDENTIALS = 3
    UNREACHABLE = 4
    INTERRUPTED = 130


EPILOG = """exit codes: 0 done; 1 refused by the server; 2 wrong usage; 3 no or wrong credentials;
4 the server did not answer within --timeout"""


def parser() -> argparse.ArgumentParser:
    """What may stand on the command line."""
    top = argparse.ArgumentParser(prog="parley", description=__doc__, epilog=EPILOG)
    top.add_argument(
        "--url", type=address, default=os.environ.get("PARLEY_URL"), help="the chat's address, or PARLEY_URL"
    )
    top.add_argument("--token", default=os.environ.get("PARLEY_TOKEN"), help="a token, or better PARLEY_TOKEN")
    top.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="of send and history (%(default)s)")
    top.add_argument("-v", "--verbose", action="store_true", help="tell on standard error what the connection does")
    commands = top.add_subparsers(dest="command", required=True)

    follow = commands.add_parser("follow", help="print what happens in a room, one event a line, until interrupted")
    follow.add_argument("room")
    follow.add_argument("--after", type=int, metavar="SEQ", help="begin behind this event instead of now")
    follow.add_argument("--epoch", default="", help="the epoch that SEQ came with; needed unless it is 0")
    follow.add_argument("--most", type=int, default=MISSED, help="missed events wanted, 0 for all (%(default)s)")

    send = commands.add_parser("send", help="write a message, and print it as it was stored")
    send.add_argument("room")
    send.add_argument("text", help="what to say; - reads it from standard input")
    send.add_argument("--client-id", default="", metavar="ID", help="repeated with the same ID it stays one message")
    send.add_argument("--reply-to", type=int, metavar="SEQ")

    history = commands.add_parser("history", help="print messages of the past, one a line, the oldest first")
    history.add_argument("room")
    history.add_argument("--limit", type=int, metavar="N", help=f"at most so many ({BACKWARDS}; with --after, all)")
    history.add_argument("--before", type=int, metavar="SEQ", help="the newest before this one")
    history.add_argument("--after", type=int, metavar="SEQ", help="those behind this one; 0 begins at the beginning")
    return top


def show(item: Any, **more: Any) -> None:
    """Prints one line of JSON, at once."""
    line = msgspec.to_builtins(item) | more
    print(msgspec.json.encode(line).decode(), flush=True)


async def follow(client: Client, given: argparse.Namespace) -> None:
    """Each line is an event with its epoch, so that the last one says where to go on."""
    after = None if given.after is None else Cursor(given.after, given.epoch)
    async for item in client.follow(given.room, after=after, most=given.most or None):
        cursor = client.cursor(given.room)
        show(item, epoch=cursor.epoch if cursor else "")


async def send(client: Client, given: argparse.Namespace) -> None:
    text = await asyncio.to_thread(sys.stdin.read) if given.text == "-" else given.text
    async with asyncio.timeout(given.timeout):
        message = await client.send(given.room, text, client_id=given.client_id, reply_to=given.reply_to)
    show(message or {"held": True})


async def history(client: Client, given: argparse.Namespace) -> None:
    async with asyncio.timeout(given.timeout):
        if given.after is not None:
            async for message in client.history(given.room, after=given.after, limit=given.limit):
                show(message)
            return
        limit = given.limit or BACKWARDS
        newest = [message async for message in client.history(given.room, before=given.before, limit=limit)]
    for message in reversed(newest):
        show(message)


COMMANDS = {"follow": follow, "send": send, "history": history}


async def run(given: argparse.Namespace) -> Exit:
    """Does what was asked; says on standard error why it could not."""

    def tell(state: State) -> None:
        if given.verbose:
            complain(f"{state}: {client.reason}" if client.reason and state is State.WAITING else state)

    client = Client(given.url, given.token, on_state=tell)
    async with client:
        try:
            await COMMANDS[given.command](client, given)
        except TimeoutError:
            complain(f"no answer from {given.url} within {given.timeout:g} s. {client.reason}")
            return Exit.UNREACHABLE
        except ParleyError as error:
            complain(str(error))
            return _code(error)
    return Exit.DONE


def _code(error: ParleyError) -> Exit:
    """4002 and 4014 are about the credentials, as are 42xx."""
    unknown = isinstance(error, Refused) and error.code == "unauthenticated"
    sent_away = isinstance(error, Closed) and (error.code in (4002, 4014) or error.code >= 4200)
    return Exit.CREDENTIALS if unknown or sent_away else Exit.REFUSED


def complain(text: str) -> None:
    """Says something that is no result."""
    print(f"parley: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The program; its exit code."""
    top = parser()
    given = top.parse_args(arguments)
    if not given.url or not given.token:
        top.error("--url and --token are needed, or PARLEY_URL and PARLEY_TOKEN")
    if given.command == "follow" and given.after and not given.epoch:
        top.error("--after needs the --epoch it came with")
    try:
        return asyncio.run(run(given))
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE


if __name__ == "__main__":
    sys.exit(main())

"""An ASGI application that shows what the server under it does; `tiny_settings.py` puts it in the chat's place."""

import asyncio
import os

from chat.realtime import server
from chat.realtime.drain import drain
from chat.realtime.framing import WRITE, frame_binary, frame_text

leaving = asyncio.Event()
server.DRAIN_SECONDS = float(os.environ.get("TINY_DRAIN_SECONDS", server.DRAIN_SECONDS))


async def say_goodbye() -> None:
    leaving.set()


drain.on_begin(say_goodbye)


async def application(scope, receive, send):
    handlers = {
        "/pid": pid,
        "/until-drain": until_drain,
        "/for-ever": for_ever,
        "/interleaved": interleaved,
        "/flood": flood,
        "/echo": echo,
    }
    await handlers[scope["path"]](scope, receive, send)


async def respond(send, body, more=False):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def pid(scope, receive, send):
    await respond(send, str(os.getpid()).encode())


async def until_drain(scope, receive, send):
    """A request that ends only because the worker began to leave, and not at once."""
    await respond(send, b"begun,", more=True)
    await leaving.wait()
    await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"finished" + b"." * 2_000_000})


async def for_ever(scope, receive, send):
    await respond(send, b"begun,", more=True)
    await asyncio.Event().wait()


async def accepted(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    return scope["extensions"][WRITE]


async def interleaved(scope, receive, send):
    """Numbers by the ordinary send and by framed text and bytes in turn, padded to every size.

    After every fifth the client has read all, so that the next one meets an empty buffer.
    """
    write = await accepted(scope, receive, send)
    for number in range(int(scope["query_string"])):
        payload = f"{number}:" + "x" * (number * 9973 % 300_000)
        if number % 3 == 0:
            await send({"type": "websocket.send", "text": payload})
        else:
            write((frame_text if number % 3 == 1 else frame_binary)(payload.encode()))
        if number % 5 == 4:
            await receive()


async def flood(scope, receive, send):
    """64 MiB without waiting for the reader: the kernel takes what it can, the rest piles up here."""
    write = await accepted(scope, receive, send)
    for number in range(1024):
        write(frame_text(f"{number}:".encode() + b"x" * 65_536))
        await asyncio.sleep(0)
    await receive()


async def echo(scope, receive, send):
    write = await accepted(scope, receive, send)
    while (message := await receive())["type"] == "websocket.receive":
        write(frame_text(message["text"].encode()))

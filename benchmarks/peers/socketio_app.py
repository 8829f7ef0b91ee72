"""python-socketio with its Redis manager, for uvicorn."""

import os
from typing import Any

import socketio

server = socketio.AsyncServer(
    async_mode="asgi", transports=["websocket"], client_manager=socketio.AsyncRedisManager(os.environ["REDIS_URL"])
)
application = socketio.ASGIApp(server)


@server.event
async def join(sid: str, room: str) -> None:
    """Enters a room."""
    await server.enter_room(sid, room)


@server.event
async def say(sid: str, message: dict[str, Any]) -> None:
    """Tells everybody in the room."""
    await server.emit("said", message, room=message["room"])

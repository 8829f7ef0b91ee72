"""The addresses of the realtime doors, before Django's handler."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from chat.realtime.consumers import ChatConsumer
from chat.realtime.polling import poll
from chat.realtime.streams import stream
from chat.realtime.worker import worker


async def _refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """There is no socket at this address."""
    await send({"type": "websocket.close"})


websocket = URLRouter(
    [
        path("ws/", ChatConsumer.as_asgi()),
        path("ws/rooms/<str:slug>/", ChatConsumer.as_asgi()),
        re_path(r"", _refuse),  # type: ignore[arg-type]
    ]
)


Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def http(django: Any) -> Application:
    """The HTTP application: polls and streams are answered without Django's handler, all else is Django's."""
    router = URLRouter(
        [
            path("api/v1/rooms/<str:slug>/events", poll),  # type: ignore[arg-type] # ASGI applications, not views
            path("api/v1/events/stream", stream),  # type: ignore[arg-type]
            re_path(r"", django),
        ]
    )

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        # A process without a socket has to tell the others what it commits, too.
        worker()
        await router(scope, receive, send)

    return application

"""The addresses of the realtime doors, before Django's handler."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from chat.realtime.consumers import ChatConsumer
from chat.realtime.polling import poll
from chat.realtime.streams import stream

websocket = URLRouter(
    [
        path("ws/", ChatConsumer.as_asgi()),
        path("ws/rooms/<str:slug>/", ChatConsumer.as_asgi()),
    ]
)


def http(django: Any) -> URLRouter:
    """The HTTP application: polls and streams are answered without Django's handler, all else is Django's."""
    return URLRouter(
        [
            path("api/v1/rooms/<str:slug>/events", poll),  # type: ignore[arg-type] # ASGI applications, not views
            path("api/v1/events/stream", stream),  # type: ignore[arg-type]
            re_path(r"", django),
        ]
    )

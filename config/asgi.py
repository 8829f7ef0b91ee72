"""The ASGI application: pages and REST by Django, sockets and polls by the chat's realtime doors."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.realtime import routing  # noqa: E402 - the models it reads are there only now

application = ProtocolTypeRouter(
    {
        "http": routing.http(django_application),
        "websocket": routing.websocket,
    }
)

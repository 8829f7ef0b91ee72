"""The ASGI application: pages and REST by Django, sockets and polls by the chat's realtime doors."""

import os

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.realtime import routing  # noqa: E402 - the models it reads are there only now
from chat.realtime.proxies import behind_proxies  # noqa: E402

protocols = ProtocolTypeRouter(
    {
        "http": routing.http(django_application),
        "websocket": routing.websocket,
    }
)
application = behind_proxies(protocols, settings.TRUSTED_PROXIES)

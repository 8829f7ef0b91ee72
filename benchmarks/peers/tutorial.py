"""The chat of the Channels tutorial as one file: a group for each room, and every socket a member of it.

LAYER chooses the channel layer; with DATABASE_URL each message is also stored by the ORM before it is told. Run as a
program it makes the table.
"""

import os
from typing import Any

import django
import environ
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, models
from django.urls import path

LAYERS = {
    "redis": "channels_redis.core.RedisChannelLayer",
    "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
}
# The stock limits end idle sockets after 5 s and refuse more than 100 at once.
HOST = {"address": os.environ["REDIS_URL"], "socket_timeout": 60, "max_connections": 20_000}
DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASE: dict[str, Any] = environ.Env.db_url_config(DATABASE_URL) if DATABASE_URL else {}
if DATABASE.get("ENGINE") == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
elif DATABASE:
    DATABASE["OPTIONS"] = {"pool": {"min_size": 2, "max_size": 20}}

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": DATABASE},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    CHANNEL_LAYERS={
        "default": {"BACKEND": LAYERS[os.environ.get("LAYER", "redis")], "CONFIG": {"hosts": [HOST]}},
    },
)
django.setup()


class Line(models.Model):
    """A message."""

    room = models.CharField(max_length=64, db_index=True)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"


class Consumer(AsyncJsonWebsocketConsumer):
    """One member of a room."""

    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = f"chat_{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: Any, **_: Any) -> None:
        if DATABASE_URL:
            await Line.objects.acreate(room=self.room, text=content["message"])
        await self.channel_layer.group_send(self.group, {"type": "chat.line", "text": content["message"]})

    async def chat_line(self, event: dict[str, Any]) -> None:
        """Somebody said something."""
        await self.send_json({"message": event["text"]})


application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/chat/<slug:room>/", Consumer.as_asgi())]),
    }
)

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Line)

"""The settings of Parley with a tiny application in the chat's place, or with none once TINY_BROKEN_IF exists."""

import os

from config.settings import *  # noqa: F403

BROKEN = os.path.exists(os.environ.get("TINY_BROKEN_IF", ""))
ASGI_APPLICATION = "tests.realtime.nowhere" if BROKEN else "tests.realtime.tiny_app.application"
ROOT_URLCONF = __name__
urlpatterns = []  # Nothing here is answered by Django, and to import its views takes longer than most tests here.

"""The doors of the chat by their addresses."""

from django.urls import URLPattern, URLResolver, include, path

from chat.api.health import livez, metrics, readyz
from chat.realtime.drain import drain

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("chat.api.urls")),
    path("livez", livez),
    path("metrics", metrics),
    path("readyz", readyz, {"serving": lambda: not drain.begun}),
    path("", include("chat.web.account_urls")),
    path("", include("chat.web.urls")),
]

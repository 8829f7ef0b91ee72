"""The doors of the chat by their addresses."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views import defaults

from chat.api.errors import refuse_before_views
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


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no view was asked for, such as another host's name: the envelope for programs, the page for people."""
    if request.path_info.startswith("/api/"):
        return refuse_before_views(exception)
    return defaults.bad_request(request, exception)

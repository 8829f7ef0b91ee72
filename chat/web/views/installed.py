"""The chat as an app of the device: its manifest, its service worker, its page for when there is no network."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.web.static_files import page_files
from chat.web.version import STATIC, version

ICONS = (("192", "any"), ("512", "any"), ("maskable-512", "maskable"))
COLOUR = "#00756f"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a device needs to know to install the chat."""
    icons = [
        {
            "src": static(f"chat/app-icons/{name}.png"),
            "sizes": "x".join([name.rpartition("-")[2]] * 2),
            "type": "image/png",
            "purpose": purpose,
        }
        for name, purpose in ICONS
    ]
    about = {
        "name": "Parley",
        "short_name": "Parley",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": COLOUR,
        "background_color": COLOUR,
        "icons": icons,
    }
    return JsonResponse(about, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, which stands at the root so that all pages are its own; every version of the chat has another."""
    offline = reverse("web:offline")
    known = {"version": version(), "offline": offline, "files": [offline, *map(static, sorted(page_files()))]}
    text = f"const PARLEY = {json.dumps(known)};\n{(STATIC / 'chat/service_worker.js').read_text()}"
    return HttpResponse(text, headers={"Content-Type": "text/javascript", "Cache-Control": "no-cache"})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page without anybody's data, which its script fills with what the device has kept."""
    return render(request, "chat/offline.html")


@require_safe
def show_version(request: HttpRequest) -> HttpResponse:
    """Which version of the page the server has."""
    return JsonResponse({"version": version()}, headers={"Cache-Control": "no-store"})

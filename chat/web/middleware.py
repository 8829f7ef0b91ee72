"""What stands around every page."""

from contextlib import suppress
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from chat.domain.errors import ChatError, RateLimited
from chat.services.sessions import note_session

PERMISSIONS = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))


class HeadersMiddleware(MiddlewareMixin):
    """What browsers are told beside Django's own security headers: no devices, and no use by other sites."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer with these headers."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class LimitMiddleware(MiddlewareMixin):
    """Shows whom a limit holds back, on any page and in the admin, when they may come again."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for RateLimited."""
        if not isinstance(exception, RateLimited):
            return None
        seconds = ceil((exception.retry_after_ms or 1000) / 1000)
        words = f"That was too often. Try again in {_span(seconds)}."
        context = {"title": "Wait a little", "words": words}
        answer = render(request, "chat/error.html", context, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer


class SeenMiddleware(MiddlewareMixin):
    """Notes from where a session is used, for its person to see; no page waits for it or fails with it."""

    def process_request(self, request: HttpRequest) -> None:
        """Looks at the cookie alone: no session is loaded."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not key:
            return
        agent, address = request.META.get("HTTP_USER_AGENT", ""), request.META.get("REMOTE_ADDR", "")
        with suppress(ChatError):
            note_session(session_key=key, user_agent=agent, address=address)


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{ceil(seconds / 60)} minutes"

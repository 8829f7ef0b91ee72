"""What stands around every page."""

from collections.abc import Awaitable
from contextlib import suppress
from math import ceil
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from chat.domain.errors import ChatError, RateLimited
from chat.services.acting import acting_by
from chat.services.sessions import note_session, session_credential

PERMISSIONS = ", ".join(f"{feature}=()" for feature in ("camera", "geolocation", "microphone", "payment", "usb"))


class HeadersMiddleware(MiddlewareMixin):
    """What browsers are told beside Django's own security headers: no devices, and no use by other sites."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer with these headers."""
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class ActingMiddleware(MiddlewareMixin):
    """Whoever writes, on any page and in the admin, does so by their session: nothing commits once that has ended."""

    def __call__(self, request: HttpRequest) -> Any:
        """The answer, or its coroutine."""
        if self.async_mode:
            return self.__acall__(request)
        with acting_by(_credential(request)):
            return self.get_response(request)

    async def __acall__(self, request: HttpRequest) -> Any:
        """The answer."""
        with acting_by(_credential(request)):
            return await cast(Awaitable[Any], self.get_response(request))


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


def _credential(request: HttpRequest) -> str:
    key = request.session.session_key
    return session_credential(key) if key else ""


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{ceil(seconds / 60)} minutes"

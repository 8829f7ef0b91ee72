"""What every page of the chat shares: its reader, their rooms and time zone, and how refusals look."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from chat.domain.errors import Banned, ChatError, Forbidden, Muted, NotFound, RateLimited
from chat.domain.shapes import Person
from chat.queries.rooms import rooms_of
from chat.queries.shapes import person_shape
from chat.web.version import version

View = Callable[..., HttpResponse]
COMPRESS = GZipMiddleware(lambda _: HttpResponse())
"""With as many random bytes in each answer that its length tells nothing; SameSite cookies keep others from asking."""


def page(view: View) -> View:
    """A page for who is signed in, in the reader's time zone; a refusal becomes the fitting error page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(_zone(request)):
            try:
                return view(request, *args, **kwargs)
            except NotFound as error:
                raise Http404(error.message) from error
            except Forbidden as error:
                raise PermissionDenied(error.message) from error
            except RateLimited:
                raise
            except ChatError as error:
                context = {"title": "This did not work", "words": error.message}
                if isinstance(error, Banned | Muted):
                    context["appeal"] = reverse("web:reports")
                return render(request, "chat/error.html", context, status=error.status)

    return login_required(answer)


def reader(request: HttpRequest) -> AbstractUser:
    """Who is signed in, on a page that requires it."""
    return cast(AbstractUser, request.user)


def render_house(request: HttpRequest, template: str, context: dict[str, Any], **page_data: Any) -> HttpResponse:
    """A page with the list of rooms beside it; the script gets `page_data` in the shapes of the wire."""
    me: Person = person_shape(reader(request))
    rooms = rooms_of(reader(request))
    data = msgspec.to_builtins({"me": me, "rooms": rooms, "version": version(), **page_data})
    answer = render(request, template, {"me": me, "rooms": rooms, "page_data": data, **context})
    COMPRESS.process_response(request, answer)
    return answer


def blame(form: BaseForm, error: ChatError) -> None:
    """Puts a refusal where the form can show it: at the fields it names, or above them all."""
    for name, sentence in (error.fields or {"": error.message}).items():
        form.add_error(name if name in form.fields else None, sentence)


def _zone(request: HttpRequest) -> ZoneInfo | None:
    """The zone that the reader has chosen, else what the script told by cookie, or None for UTC."""
    profile = getattr(request.user, "profile", None)
    try:
        return ZoneInfo((profile and profile.time_zone) or request.COOKIES["zone"])
    except (KeyError, ValueError, OSError):
        return None

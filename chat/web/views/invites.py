"""Links that bring people into a room: made, shown once, withdrawn, and followed by who has an account."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chat.domain.errors import ChatError
from chat.services import invites as services
from chat.web.forms import InviteForm
from chat.web.pages import blame, page, reader, render_house


@never_cache
@page
def invites(request: HttpRequest, slug: str) -> HttpResponse:
    """The links into a room and a form for another, whose address is on the page this once."""
    form = InviteForm(request.POST or None)
    made = _make(request, slug, form) if form.is_bound and form.is_valid() else ""
    found = services.invites_of(actor=reader(request), room=slug)
    context = {"form": InviteForm() if made else form, "made": made, "invites": found, "slug": slug}
    return render_house(request, "chat/invites.html", context)


@require_POST
@page
def withdraw(request: HttpRequest, slug: str, invite_id: int) -> HttpResponse:
    """Makes a link worthless."""
    services.withdraw_invite(actor=reader(request), invite_id=invite_id, room=slug)
    return redirect("web:invites", slug)


@never_cache
@page
def accept(request: HttpRequest, code: str) -> HttpResponse:
    """Asks who is signed in whether to come into the room of a link, and brings them in."""
    room = services.room_of_invite(code=code)
    if room is None:
        return redirect("web:home")
    if request.method == "POST":
        return redirect("web:room", services.accept_invite(actor=reader(request), code=code))
    return render_house(request, "chat/invited.html", {"title": room.title or room.slug})


def _make(request: HttpRequest, slug: str, form: InviteForm) -> str:
    given = form.cleaned_data
    expires_at = timezone.now() + timedelta(days=int(given["days"])) if given["days"] else None
    try:
        _, code = services.create_invite(
            actor=reader(request), note=given["note"], uses=given["uses_left"], expires_at=expires_at, room=slug
        )
    except ChatError as error:
        blame(form, error)
        return ""
    return request.build_absolute_uri(reverse("web:invite", args=[code]))

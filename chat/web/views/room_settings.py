"""What owners and moderators of the house decide about a room: its name, who writes in it and how often, its end."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from chat.domain.errors import ChatError, Forbidden
from chat.domain.policy import Act
from chat.queries import rights, rooms
from chat.services import rooms as services
from chat.web.forms import RoomForm
from chat.web.pages import blame, page, reader, render_house


@page
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The room as it is, to be changed."""
    viewer = reader(request)
    summary = rooms.summary(viewer, slug)
    acts = rights.rights_of(viewer, slug).acts
    if Act.CHANGE_ROOM not in acts:
        raise Forbidden("Only its owners may change a room.")
    form = RoomForm.of(summary, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            services.change_room(actor=viewer, room=slug, **form.cleaned_data)
            return redirect("web:room", slug)
        except ChatError as error:
            blame(form, error)
    context = {"form": form, "about": summary, "may_archive": Act.ARCHIVE in acts}
    return render_house(request, "chat/room_settings.html", context)


@require_POST
@page
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Closes the room for writing, or opens it again."""
    act = services.unarchive_room if "open" in request.POST else services.archive_room
    act(actor=reader(request), room=slug)
    return redirect("web:room", slug)

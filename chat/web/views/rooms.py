"""The conversation, and the pages by which one comes into one."""

import secrets
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from chat.domain.errors import ChatError, Conflict, Invalid, NotFound
from chat.domain.policy import Act
from chat.domain.shapes import RoomSummary
from chat.queries import history, people, rights, rooms
from chat.services import memberships
from chat.services import rooms as services
from chat.services.collector import post_message
from chat.services.limits import spend
from chat.services.posting import Held, Send
from chat.services.sessions import session_credential
from chat.web.forms import NewRoomForm, TextQuery
from chat.web.pages import blame, page, reader, render_house
from chat.web.timeline import arrange
from chat.wire.errors import error_body

EMOJIS = ("👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀")
LAST_ROOM = "room"
YEAR_SECONDS = 365 * 24 * 3600


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """The room one was in last on this device, the first of one's rooms, or a welcome."""
    mine = [room.room for room in rooms.rooms_of(reader(request))]
    last = request.COOKIES.get(LAST_ROOM)
    if mine:
        return redirect("web:room", last if last in mine else mine[0])
    return render_house(request, "chat/welcome.html", {})


@require_safe
@page
def room(request: HttpRequest, slug: str, seq: int | None = None) -> HttpResponse:
    """A room with its newest messages, or those around one of them."""
    return _room(request, slug, seq)


def _room(request: HttpRequest, slug: str, seq: int | None = None, **refused: str) -> HttpResponse:
    viewer = reader(request)
    summary = rooms.summary(viewer, slug)
    found = history.page(viewer, slug, around=seq)
    members = rooms.members(viewer, slug)
    pins = history.pins(viewer, slug)
    allowed = rights.rights_of(viewer, slug)
    may = _may(allowed.acts, summary) | {"admin": _admin(viewer)}
    pause = error_body(allowed.to_write) if allowed.to_write else None
    unread_after = summary.read if summary.unread else None
    entries = arrange(found.messages[::-1], viewer_id=viewer.pk, unread_after=unread_after, has_older=found.has_older)
    context = {
        "room": summary, "history": found, "entries": entries, "members": members, "may": may, "emojis": EMOJIS,
        "pins": pins, "client_id": _client_id(), "pause": pause, **refused,
    }  # fmt: skip
    answer = render_house(
        request,
        "chat/room.html",
        context,
        room=summary,
        history=found,
        members=members,
        pins=pins,
        may=may,
        pause=pause,
        at=seq,
    )
    answer.set_cookie(LAST_ROOM, slug, max_age=YEAR_SECONDS, httponly=True, secure=request.is_secure(), samesite="Lax")
    return answer


@require_POST
@page
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Writes what was sent before the script came, or without it; a form that is sent twice writes once."""
    body, client_id = request.POST.get("body", ""), request.POST.get("client_id", "")
    credential = session_credential(request.session.session_key or "")
    wanted = Send(reader(request).pk, slug, client_id, body, credential=credential)
    try:
        outcome = post_message(wanted)
    except Conflict:  # The browser went back to a page that had sent another text.
        outcome = post_message(replace(wanted, client_id=_client_id()))
    if isinstance(outcome, Held):
        words = "A moderator looks at it before anybody else sees it."
        return render(request, "chat/error.html", {"title": "Your message waits", "words": words}, status=202)
    return redirect("web:room", slug)


@require_safe
@page
def browse(request: HttpRequest) -> HttpResponse:
    """Open rooms to join."""
    spend("SEARCHES_PER_PERSON", reader(request).pk)
    text = TextQuery.text_of(request.GET)
    joined = {room.room for room in rooms.rooms_of(reader(request))}
    found = rooms.open_rooms(reader(request), text=text)
    return render_house(request, "chat/browse.html", {"found": found, "text": text, "joined": joined})


@page
def new(request: HttpRequest) -> HttpResponse:
    """Makes a room."""
    form = NewRoomForm(request.POST or None)
    if form.is_bound and form.is_valid():
        slug = form.slug() or f"room-{secrets.token_hex(4)}"
        try:
            made = services.create_room(actor=reader(request), slug=slug, **form.cleaned_data)
            return redirect("web:room", made.room)
        except (Invalid, Conflict) as error:
            if error.fields and "room" in error.fields:
                form.add_error("title", error.fields["room"])
            else:
                blame(form, error)
    return render_house(request, "chat/new.html", {"form": form})


@page
def write_to(request: HttpRequest) -> HttpResponse:
    """People to write to; choosing one opens the direct room with them."""
    viewer = reader(request)
    refused = ""
    if request.method == "POST":
        try:
            opened = services.open_direct_room(actor=viewer, people=[request.POST.get("username", "")])
            return redirect("web:room", opened.room)
        except ChatError as error:
            refused = error.message
    spend("SEARCHES_PER_PERSON", viewer.pk)
    text = TextQuery.text_of(request.GET)
    found = [person for person in people.find(viewer, text=text) if person.id != viewer.pk]
    return render_house(
        request,
        "chat/people.html",
        {"found": found, "statuses": people.statuses(found), "text": text, "refused": refused},
    )


@require_POST
@page
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes the reader a member."""
    memberships.join_room(actor=reader(request), room=slug)
    return redirect("web:room", slug)


@require_POST
@page
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Ends the reader's membership."""
    memberships.leave_room(actor=reader(request), room=slug)
    return redirect("web:home")


@page
def add_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Brings somebody into the room; who cannot come in is said beside the name, on the page of the room."""
    if request.method == "POST":
        typed = request.POST.get("username", "")
        try:
            memberships.add_member(actor=reader(request), room=slug, username=typed.strip().lstrip("@").lower())
        except (Conflict, NotFound) as error:
            return _room(request, slug, not_added=typed, why_not=error.message)
    return redirect("web:room", slug)


def _client_id() -> str:
    return f"page-{uuid4()}"


def _admin(viewer: AbstractUser) -> str:
    """Where the admin has messages, for who may look at them there."""
    looks = viewer.is_staff and viewer.has_perm("chat.view_message")
    return reverse("admin:chat_message_changelist") if looks else ""


def _may(acts: frozenset[Act], room: RoomSummary) -> dict[str, Any]:
    """What the page offers in this room; the services decide again."""
    member = room.role is not None
    return {
        "send": Act.SEND in acts,
        "moderate": Act.DELETE in acts,
        "sanction": Act.SANCTION in acts,
        "pin": Act.PIN in acts,
        "join": not member and Act.JOIN in acts,
        "leave": member and Act.LEAVE in acts,
        "add": Act.ADD_MEMBER in acts,
        "invite": Act.INVITE in acts,
        "change": Act.CHANGE_ROOM in acts,
    }

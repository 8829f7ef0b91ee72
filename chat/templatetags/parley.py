"""What templates draw: icons, people without pictures, names of rooms, the page's files.

The script draws people and rooms by the same rules (static/chat/js/lib/people.js).
"""

from functools import cache
from pathlib import Path

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from chat.domain.shapes import Person, RoomSummary

register = template.Library()

STATIC = Path(__file__).resolve().parent.parent / "static"
LOOKS = {"theme": ("light", "dark"), "accent": ("cobalt", "plum")}
HUES = 12


@register.simple_tag
def modules() -> SafeString:
    """Every script module at once, before the browser finds out by their imports, and behind what is seen first."""
    link = '<link rel="modulepreload" href="{}" fetchpriority="low">'
    return format_html_join("\n", link, ((static(path),) for path in _modules()))


@cache
def _modules() -> list[str]:
    pages = ("app.js", "offline.js")
    paths = (path for path in (STATIC / "chat/js").rglob("*.js") if path.name not in pages)
    return sorted(path.relative_to(STATIC).as_posix() for path in paths)


@register.simple_tag(takes_context=True)
def looks(context: template.Context) -> SafeString:
    """The reader's choice of light or dark, which is the system's without one, and of the accent."""
    request = context.get("request")
    cookies = request.COOKIES if request else {}
    chosen = ((name, cookies.get(name)) for name in LOOKS)
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in chosen if value in LOOKS[name]))


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the drawings of icons.svg; it says nothing to a screen reader."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("chat/icons.svg"), name)


@register.simple_tag
def face(person: Person | str, size: str = "") -> SafeString:
    """Somebody's picture, or initials on a colour of their own; empty where the script will fill them in."""
    if not isinstance(person, Person):
        return _face("", "", size)
    return _face(person.display_name, person.username, size, person.avatar)


@register.simple_tag
def room_face(room: RoomSummary | None, me: Person) -> SafeString:
    """The face of a direct room: its other person."""
    others = [person for person in room.people if person.id != me.id] if room else []
    other = others[0] if others else me
    return _face(room_name(room, me), other.username, "small", other.avatar)


def _face(name: str, username: str, size: str, picture: str | None = None) -> SafeString:
    return format_html(
        '<span class="face {}" data-slot="face" data-hue="{}" aria-hidden="true">{}{}</span>',
        size,
        sum(map(ord, username)) % HUES,
        _initials(name),
        format_html('<img src="{}" alt="">', picture) if picture else "",
    )


@register.simple_tag(takes_context=True)
def settings_link(context: template.Context, page: str, label: str) -> SafeString:
    """One line of the settings' own navigation."""
    address, path = reverse(page), context["request"].path
    here = path == address if page == "web:settings" else path.startswith(address)
    mark = SafeString(' aria-current="page"') if here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', address, mark, label)


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else ""


@register.simple_tag
def room_name(room: RoomSummary | None, me: Person) -> str:
    """What a room is called for `me`: a direct room by its other people."""
    if room is None:
        return ""
    if room.kind != "direct":
        return room.title
    return ", ".join(person.display_name for person in room.people if person.id != me.id) or me.display_name


@register.filter
def of(found: dict[int, str], key: int) -> str:
    """What a mapping has under a key, or nothing."""
    return found.get(key, "")


@register.filter
def calls(room: RoomSummary | None) -> int:
    """How much in a room calls the reader by name: mentions, and everything in a direct room."""
    if room is None:
        return 0
    return room.unread if room.kind == "direct" else room.mentions

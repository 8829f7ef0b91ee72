"""Rooms: made, named, archived and opened again."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from chat.admin.base import ServiceAdmin, acting
from chat.admin.rights import show_rights
from chat.models import Room
from chat.queries.access import moderates_site
from chat.services import rooms

CHANGEABLE = ("title", "topic", "announcements", "slow_seconds")


class RoomForm(forms.ModelForm):
    """A new room is open or private; direct ones are made by talking to somebody."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in (Room.Kind.OPEN, Room.Kind.PRIVATE)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if pace := self.fields.get("slow_seconds"):
            pace.required = False

    def clean_slow_seconds(self) -> int:
        """Nothing is no slow mode."""
        return self.cleaned_data["slow_seconds"] or 0


@admin.register(Room)
class RoomAdmin(ServiceAdmin):
    """All rooms, newest first."""

    list_display = (
        "slug",
        "title",
        "kind",
        "announcements",
        "slow_seconds",
        "message_count",
        "created_at",
        "archived_at",
    )
    list_filter = ("kind", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("slug__startswith",)
    search_help_text = "The beginning of a room's name in addresses"
    form = RoomForm
    actions = ("delete_selected", "unarchive_selected")
    change_form_template = "admin/chat/room.html"
    consequence = "The room is archived: off the lists and closed for writing. Its history stays readable."
    removal_note = "Archived"

    def get_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        """A new room's own facts; for one that exists also what became of it."""
        fields = ["slug", "kind", *CHANGEABLE]
        return [*fields, "created_at", "archived_at", "message_count", "head"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        """All but what can be changed, once it exists."""
        return [name for name in self.get_fields(request, obj) if name not in CHANGEABLE] if obj else []

    def get_urls(self) -> list[URLPattern]:
        """Also the page that tells what somebody may do here."""
        asked = self.admin_site.admin_view(partial(show_rights, self, "room"))
        return [path("<path:key>/rights/", asked, name="chat_room_rights"), *super().get_urls()]

    def policy_allows(self, person: AbstractUser) -> bool:
        """Those who may act on every room."""
        return moderates_site(person)

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        """Makes the room, owned by who makes it, or gives it another title or topic."""
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            rooms.change_room(actor=acting(request), room=obj.slug, **changed)
        else:
            rooms.create_room(actor=acting(request), **form.cleaned_data)
            obj.pk = Room.objects.values_list("pk", flat=True).get(slug=obj.slug)

    def remove(self, request: HttpRequest, obj: Room) -> None:
        """Archives it."""
        rooms.archive_room(actor=acting(request), room=obj.slug)

    @admin.action(permissions=["change"], description="Open selected rooms again")
    def unarchive_selected(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        """Opens archived rooms again."""
        self.do(request, queryset, self._unarchive, "Opened again")

    def _unarchive(self, request: HttpRequest, obj: Room) -> None:
        rooms.unarchive_room(actor=acting(request), room=obj.slug)

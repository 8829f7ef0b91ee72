"""The log, to be looked at."""

from django.contrib import admin

from chat.admin.base import ReadOnlyAdmin
from chat.admin.lists import RowAdmin
from chat.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin, RowAdmin):
    """What happened in the rooms, newest first."""

    list_display = ("room", "seq", "kind", "at", "actor", "message", "emoji", "subject", "role")
    list_select_related = ("room", "actor", "subject")
    fields = list_display
    person_field = "actor"
    dated = "at"
    search_help_text = "A room, @who did it, and a number or day to begin at: general @anna 1200, general 2026-11-20"

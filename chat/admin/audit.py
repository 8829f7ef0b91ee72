"""The audit log: read, searched, and what it tells undone; never written."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.admin.base import ServiceAdmin, acting
from chat.admin.lists import RowAdmin
from chat.models import AuditEntry
from chat.services.undo import undo


@admin.register(AuditEntry)
class AuditEntryAdmin(ServiceAdmin, RowAdmin):
    """All acts of moderators and administrators, newest first."""

    list_display = ("number", "at", "actor", "act", "room", "person", "message", "reason")
    list_display_links = ("number", "act")
    list_select_related = ("actor", "room", "person")
    list_filter = ("act",)
    fields = (*list_display, "details", "digest")
    actions = ("undo_selected",)
    person_field = "actor"
    change_form_template = "admin/chat/audit_entry.html"
    search_help_text = "A room, or @who did it: general @anna"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: entries are made by acts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Nobody."""
        return False

    @admin.action(permissions=["view"], description="Undo selected acts")
    def undo_selected(self, request: HttpRequest, queryset: QuerySet[AuditEntry]) -> HttpResponse | None:
        """Asks, then does the opposite of each."""
        if self.is_confirmed(request):
            self.do(request, queryset.select_related("room", "person"), self._undo, "Undone")
            return None
        consequence = "The opposite is done at once, in open pages too, and is an act of its own in this log."
        return self.ask(request, queryset, "undo_selected", consequence, asks_reason=True)

    def _undo(self, request: HttpRequest, obj: AuditEntry) -> None:
        undo(actor=acting(request), entry=obj, reason=request.POST["reason"])

"""Messages that wait for review: approved or rejected here."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator

from chat.admin.base import ServiceAdmin, acting
from chat.admin.lists import RowAdmin
from chat.models import HeldMessage
from chat.queries.access import within_reach
from chat.services import review


@admin.register(HeldMessage)
class HeldMessageAdmin(ServiceAdmin, RowAdmin):
    """What rules hold back, newest first; a decided one keeps no text."""

    list_display = ("room", "author", "text", "held_at", "state", "decided_by", "decided_at")
    list_display_links = ("text",)
    list_select_related = ("room", "author", "decided_by")
    list_filter = ("state",)
    fields = ("room", "author", "body", "reply_to", "held_at", ("state", "decided_by", "decided_at"))
    actions = ("approve_selected", "reject_selected")
    person_field = "author"
    search_help_text = "A room, or @its author: general @anna"

    @admin.display
    def text(self, obj: HeldMessage) -> str:
        """The beginning of the body."""
        return Truncator(obj.body).chars(80) or "(decided)"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldMessage]:
        """What its reader moderates."""
        return within_reach(acting(request), super().get_queryset(request), "room")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: rules hold messages back."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: HeldMessage | None = None) -> bool:
        """Nobody: moderators do not rewrite people's words."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HeldMessage | None = None) -> bool:
        """Nobody: it is decided and stays to be seen."""
        return False

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Who may see what waits."""
        return self.has_view_permission(request)

    @admin.action(permissions=["review"], description="Approve: post selected messages as their authors'")
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> None:
        """Posts them, the oldest first."""
        self.do(request, queryset.select_related("room", "author").order_by("pk"), self._approve, "Approved")

    @admin.action(permissions=["review"], description="Reject selected messages")
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> HttpResponse | None:
        """Asks, then lets them go unsaid."""
        if request.POST.get("post"):
            self.do(request, queryset.select_related("room", "author"), self._reject, "Rejected")
            return None
        return self.ask(request, queryset, "reject_selected", "Their texts are erased, and never said.")

    def _approve(self, request: HttpRequest, obj: Any) -> None:
        review.approve(actor=acting(request), held=obj)

    def _reject(self, request: HttpRequest, obj: Any) -> None:
        review.reject(actor=acting(request), held=obj)

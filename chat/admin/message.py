"""Messages: read and removed here, rewritten nowhere."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from chat.admin.base import ServiceAdmin, acting
from chat.admin.lists import PageActionForm, RowAdmin
from chat.conf import conf
from chat.models import Message
from chat.queries.moderation import surroundings
from chat.services.messages import delete_message
from chat.services.removal import restore_message


class ReasonForm(PageActionForm):
    """Actions with a reason that everyone in the room may read."""

    reason = forms.CharField(label="Reason:", required=False, max_length=250)


class StateFilter(admin.SimpleListFilter):
    """What stands, and what was taken away by whom."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Either."""
        return [("there", "There"), ("moderator", "Removed by moderators"), ("author", "Deleted by their authors")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Those of the chosen state, or all."""
        chosen = self.value()
        return queryset.filter(deleted_by="" if chosen == "there" else chosen) if chosen else queryset


@admin.register(Message)
class MessageAdmin(ServiceAdmin, RowAdmin):
    """What people wrote, newest first. A removed message stays as a mark without its text."""

    list_display = ("room", "seq", "author", "text", "created_at")
    list_display_links = ("seq", "text")
    list_select_related = ("room", "author")
    fields = (
        ("room", "seq", "version"),
        "author",
        "body",
        ("reply_to", "mentions", "pinned"),
        ("created_at", "edited_at"),
        ("deleted_at", "deleted_by", "deleted_reason"),
        "context",
    )
    readonly_fields = ("context",)
    action_form = ReasonForm
    actions = ("delete_selected", "remove_selected", "restore_selected")
    person_field = "author"
    dated = "created_at"
    list_filter = (StateFilter,)
    search_help_text = "A room, @its author, and a number or day to begin at: general @anna 1200, general 2026-11-20"
    removal_note = "Removed"
    asks_reason = True

    @property
    def consequence(self) -> str:  # type: ignore[override]
        """For how long it is to be undone."""
        hours = conf().UNDO_HOURS
        back = f"It can be brought back for {hours:g} hours." if hours else "It cannot be brought back."
        return f"The text is gone for everyone, now. {back} A mark of the removal stays."

    def get_urls(self) -> list[URLPattern]:
        """Also the address of a message by what the chat calls it."""
        by_seq = path("at/<slug:slug>/<int:seq>/", self.admin_site.admin_view(self.at), name="chat_message_at")
        return [by_seq, *super().get_urls()]

    def at(self, request: HttpRequest, slug: str, seq: int) -> HttpResponse:
        """From a message in its room to its page here."""
        return redirect("admin:chat_message_change", get_object_or_404(Message, room__slug=slug, seq=seq).pk)

    def view_on_site(self, obj: Message) -> str:
        """From here to the message in its room."""
        return reverse("web:message", args=[obj.room.slug, obj.seq])

    @admin.display(description="In its place")
    def context(self, obj: Message) -> SafeString:
        """What stands around it."""
        return render_to_string("admin/chat/surroundings.html", {"rows": surroundings(obj), "shown": obj.seq})

    @admin.display
    def text(self, obj: Message) -> str:
        """The beginning of the body, or who took it away."""
        return Truncator(obj.body).chars(80) or f"({obj.get_deleted_by_display()} took it away)"

    @admin.action(permissions=["delete"], description="Remove selected messages at once")
    def remove_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Removes without asking."""
        self.delete_queryset(request, queryset)

    @admin.action(permissions=["delete"], description="Bring selected messages back")
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Asks, then brings back what moderators removed."""
        if self.is_confirmed(request):
            self.do(request, queryset.select_related("room"), self._restore, "Brought back")
            return None
        return self.ask(request, queryset, "restore_selected", "They are as they were, for everyone.", asks_reason=True)

    def _restore(self, request: HttpRequest, obj: Message) -> None:
        restore_message(actor=acting(request), room=obj.room.slug, seq=obj.seq, reason=request.POST["reason"])

    def remove(self, request: HttpRequest, obj: Message) -> None:
        """Takes the text away, as the moderator who acts."""
        reason = request.POST.get("reason", "")
        delete_message(actor=acting(request), room=obj.room.slug, seq=obj.seq, reason=reason)

    def describe(self, obj: Message) -> str:
        """Where it stands, who wrote it and how it begins."""
        return f"{obj.room} {obj.seq}, {obj.author}: {self.text(obj)}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: messages are written in the chat."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """Nobody: moderators do not rewrite people's words."""
        return False

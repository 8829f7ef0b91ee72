"""Messages: read and removed here, rewritten nowhere."""

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator

from chat.admin.base import ServiceAdmin, acting
from chat.admin.lists import PageActionForm, RowAdmin
from chat.models import Message
from chat.services.messages import delete_message


class ReasonForm(PageActionForm):
    """Actions with a reason that everyone in the room may read."""

    reason = forms.CharField(label="Reason:", required=False, max_length=250)


@admin.register(Message)
class MessageAdmin(ServiceAdmin, RowAdmin):
    """What people wrote, newest first. A removed message stays as a mark without its text."""

    list_display = ("room", "seq", "author", "text", "created_at", "deleted_by")
    list_display_links = ("seq", "text")
    list_select_related = ("room", "author")
    fields = (
        ("room", "seq", "version"),
        "author",
        "body",
        ("reply_to", "mentions", "pinned"),
        ("created_at", "edited_at"),
        ("deleted_at", "deleted_by", "deleted_reason"),
    )
    action_form = ReasonForm
    actions = ("delete_selected", "remove_selected")
    person_field = "author"
    numbered = True
    search_help_text = "A room, @its author, and a number to begin at: general @anna 1200"
    consequence = "The text is erased for everyone, now, and cannot be brought back. A mark of the removal stays."
    removal_note = "Removed"
    asks_reason = True

    @admin.display
    def text(self, obj: Message) -> str:
        """The beginning of the body."""
        return Truncator(obj.body).chars(80) or "(deleted)"

    @admin.action(permissions=["delete"], description="Remove selected messages at once")
    def remove_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Removes without asking."""
        self.delete_queryset(request, queryset)

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

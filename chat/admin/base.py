"""Admin classes whose writes are use cases."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from chat.admin.lists import ListAdmin
from chat.domain.errors import ChatError

Act = Callable[[HttpRequest, Any], object]


def acting(request: HttpRequest) -> AbstractUser:
    """Who does it."""
    return cast(AbstractUser, request.user)


class ReadOnlyAdmin(ListAdmin):
    """Rows that can be looked at and neither made, changed nor deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class ServiceAdmin(ListAdmin):
    """An admin class whose every write is a use case; what the use case refuses becomes a message.

    A use case is one outermost transaction, so the views that Django would wrap one around are opened here. Deleting
    is what `remove` does; the row stays, and `consequence` says so before it is confirmed.
    """

    actions: Any = ("delete_selected",)
    delete_confirmation_template = "admin/chat/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/chat/delete_selected_confirmation.html"
    consequence = ""
    removal_note = ""
    asks_reason = False
    reason_label = "Reason, for everyone in the room to read:"

    def remove(self, request: HttpRequest, obj: Any) -> None:
        """What deleting means. Raises ChatError."""
        raise NotImplementedError

    def policy_allows(self, person: AbstractUser) -> bool:
        """Whether the chat's policy lets somebody do at all what Django's permissions let them try."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who has Django's permission and the policy's."""
        return super().has_add_permission(request) and self.policy_allows(acting(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has Django's permission and the policy's."""
        return super().has_change_permission(request, obj) and self.policy_allows(acting(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has Django's permission and the policy's."""
        return super().has_delete_permission(request, obj) and self.policy_allows(acting(request))

    def describe(self, obj: Any) -> str:
        """One line about `obj` where its removal is to be confirmed."""
        return str(obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form to add or change, outside any transaction."""
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]
        except ChatError as error:
            self.message_user(request, error.explained, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The question whether to remove one row, and its removal, outside any transaction."""
        return self._delete_view(request, object_id, self._question(request))  # type: ignore[attr-defined]

    @admin.action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """The question whether to remove the selected rows, and their removal."""
        if request.POST.get("post"):
            self.delete_queryset(request, queryset)
            return None
        page = cast(TemplateResponse, delete_selected(self, request, queryset))
        page.context_data = {**(page.context_data or {}), **self._question(request)}
        return page

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Removes one."""
        self._remove(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Removes several, each in a transaction of its own."""
        self._remove(request, queryset)

    def _remove(self, request: HttpRequest, objects: Iterable[Any]) -> None:
        if not self.asks_reason or self.says_why(request):
            self.do(request, objects, self.remove, self.removal_note)

    def do(self, request: HttpRequest, objects: Iterable[Any], act: Act, note: str) -> None:
        """Does `act` to each of `objects`, notes it in their history, and says what was done and what was refused."""
        done: list[str] = []
        refused: dict[str, list[str]] = {}
        for obj in objects:
            try:
                act(request, obj)
            except ChatError as error:
                refused.setdefault(error.explained, []).append(str(obj))
            else:
                self.log_change(request, obj, note)
                done.append(str(obj))
        if done:
            self.message_user(request, f"{note}: {', '.join(done)}.", messages.SUCCESS)
        for reason, names in refused.items():
            self.message_user(request, f"{reason} ({', '.join(names)})", messages.ERROR)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Nothing yet: `do` notes what was really done."""
        return []

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Back to the list; `do` has said what became of it."""
        return self.response_post_save_change(request, None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set, list]:
        """The rows themselves and nothing that hangs on them: all of it stays."""
        described = [self.describe(obj) for obj in objs]
        return described, {str(self.opts.verbose_name_plural): len(described)}, set(), []

    def says_why(self, request: HttpRequest) -> bool:
        """Whether a reason was typed; if not, one is asked for."""
        if request.POST.get("reason", "").strip():
            return True
        self.message_user(request, "Give a reason.", messages.ERROR)
        return False

    def is_confirmed(self, request: HttpRequest) -> bool:
        """Whether this is the answer to a question of `ask` with a reason."""
        return bool(request.POST.get("post")) and self.says_why(request)

    def ask(
        self, request: HttpRequest, queryset: QuerySet, action: str, consequence: str, *, asks_reason: bool = False
    ) -> HttpResponse:
        """The question whether to do `action` to the selected rows; its answer comes with `post`."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Are you sure?",
            "opts": self.opts,
            "queryset": queryset,
            "described": [str(obj) for obj in queryset],
            "consequence": consequence,
            "action": action,
            "asks_reason": asks_reason,
            "reason": request.POST.get("reason", ""),
            "reason_label": "Reason, for the audit log:",
            "action_checkbox_name": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/chat/confirm_action.html", context)

    def _question(self, request: HttpRequest) -> dict[str, Any]:
        reason = request.POST.get("reason", "")
        asked = {"asks_reason": self.asks_reason, "reason_label": self.reason_label, "reason": reason}
        return {"consequence": self.consequence, **asked}

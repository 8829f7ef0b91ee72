"""What the administrator decides for the whole chat."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from chat.admin.base import ServiceAdmin, acting
from chat.models import Installation
from chat.services.installation import change_installation


@admin.register(Installation)
class InstallationAdmin(ServiceAdmin):
    """The one row; empty choices are left to the environment."""

    fields = ("sign_up", "erased_messages")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: there is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        """Nobody."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the row at once."""
        return redirect("admin:chat_installation_change", 1)

    def save_model(self, request: HttpRequest, obj: Installation, form: Any, change: bool) -> None:
        """Notes the choices."""
        change_installation(actor=acting(request), **{name: form.cleaned_data[name] for name in form.changed_data})

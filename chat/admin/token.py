"""Tokens of API clients: seen and revoked; made by their people, or by `manage.py create_token`."""

from django.contrib import admin
from django.http import HttpRequest

from chat.admin.base import ServiceAdmin, acting
from chat.models import ApiToken
from chat.services.tokens import revoke_token


@admin.register(ApiToken)
class ApiTokenAdmin(ServiceAdmin):
    """All tokens, newest first."""

    list_display = ("name", "user", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    fields = list_display
    search_fields = ("user__username",)
    search_help_text = "Whose they are"
    consequence = "Programs that use it are cut off at once."
    removal_note = "Revoked"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: the token would have to be shown to who is not its owner."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Nobody: what a token may do is fixed."""
        return False

    def remove(self, request: HttpRequest, obj: ApiToken) -> None:
        """Revokes it."""
        revoke_token(actor=acting(request), token_id=obj.pk)

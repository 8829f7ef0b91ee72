"""Tokens of API clients: seen and revoked, and made for bots; people make their own in their settings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.admin.base import ServiceAdmin, acting
from chat.models import ApiToken
from chat.services.tokens import SCOPES, create_bot_token, revoke_token


class TokenForm(forms.ModelForm):
    """A new token of a bot."""

    bot = forms.CharField(max_length=32, help_text="Its username. A bot of this name is made where there is none.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES], initial=["read", "write"], widget=forms.CheckboxSelectMultiple
    )
    rooms = forms.CharField(
        required=False, help_text="The only rooms it reaches, by their names in addresses; empty for all it may enter."
    )

    class Meta:
        model = ApiToken
        fields = ("name", "scopes", "rooms", "expires_at")

    def clean_rooms(self) -> list[str]:
        """The rooms as a list."""
        return str(self.cleaned_data["rooms"]).replace(",", " ").replace("#", " ").split()


@admin.register(ApiToken)
class ApiTokenAdmin(ServiceAdmin):
    """All tokens, newest first."""

    list_display = ("name", "user", "scopes", "rooms", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    search_help_text = "Whose they are"
    form = TokenForm
    consequence = "Programs that use it are cut off at once."
    removal_note = "Revoked"

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """What a new token needs; for one that exists all there is to see."""
        return self.list_display if obj else ("bot", "name", "scopes", "rooms", "expires_at")

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Nobody: what a token may do is fixed."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Makes the token, and its bot."""
        made, plain = create_bot_token(actor=acting(request), **form.cleaned_data)
        obj.pk, obj.user, obj.plain = made.pk, made.user, plain  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The token, shown this once."""
        context = {**self.admin_site.each_context(request), "title": f"Token {obj}", "plain": obj.plain}
        return TemplateResponse(request, "admin/chat/token_made.html", context)

    def remove(self, request: HttpRequest, obj: ApiToken) -> None:
        """Revokes it."""
        revoke_token(actor=acting(request), token_id=obj.pk)

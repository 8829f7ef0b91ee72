"""Invite links: made, shown once, withdrawn."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse

from chat.admin.base import ServiceAdmin, acting
from chat.models import Invite
from chat.services import invites


@admin.register(Invite)
class InviteAdmin(ServiceAdmin):
    """All invites, newest first. What a link is, is told when it is made and never again."""

    list_display = ("__str__", "made_by", "made_at", "expires_at", "uses_left", "room")
    list_select_related = ("made_by", "room")
    fields = ("note", "uses_left", "expires_at", "room")
    autocomplete_fields = ("room",)
    consequence = "The link is worth nothing from then on. Whoever came by it stays."
    removal_note = "Withdrawn"

    def has_change_permission(self, request: HttpRequest, obj: Invite | None = None) -> bool:
        """Nobody: who holds a link was promised what it is."""
        return False

    def save_model(self, request: HttpRequest, obj: Invite, form: Any, change: bool) -> None:
        """Makes the invite and tells its link."""
        given = form.cleaned_data
        made, code = invites.create_invite(
            actor=acting(request),
            note=given["note"],
            uses=given["uses_left"],
            expires_at=given["expires_at"],
            room=given["room"].slug if given["room"] else None,
        )
        obj.pk, obj.made_by, obj.made_at = made.pk, made.made_by, made.made_at
        link = request.build_absolute_uri(reverse("web:invite", args=[code]))
        self.message_user(request, f"Copy the link now, it is not shown again: {link}", messages.WARNING)

    def remove(self, request: HttpRequest, obj: Invite) -> None:
        """Makes it worthless."""
        invites.withdraw_invite(actor=acting(request), invite_id=obj.pk)

"""Who belongs to which room."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest

from chat.admin.base import ServiceAdmin, acting
from chat.admin.lists import RowAdmin
from chat.models import Membership
from chat.queries.access import manages_members
from chat.services import memberships


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin, RowAdmin):
    """All memberships, newest first."""

    list_display = ("room", "user", "role", "joined_at")
    list_select_related = ("room", "user")
    fields = ("room", "user", "role")
    autocomplete_fields = ("room", "user")
    search_help_text = "A room, or @somebody: general @anna"
    consequence = "They leave the room at once; what they wrote there stays."
    removal_note = "Removed from the room"
    asks_reason = True
    reason_label = "Reason, for the person to read:"

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        """Only the role of a member changes."""
        return ("room", "user") if obj else ()

    def policy_allows(self, person: AbstractUser) -> bool:
        """Those who may manage the members of every room."""
        return manages_members(person)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Brings somebody into a room, or gives them another role there."""
        act = memberships.change_member if change else memberships.add_member
        act(actor=acting(request), room=obj.room.slug, username=obj.user.get_username(), role=form.cleaned_data["role"])
        if not change:
            obj.pk = Membership.objects.values_list("pk", flat=True).get(room=obj.room, user=obj.user)

    def remove(self, request: HttpRequest, obj: Membership) -> None:
        """Ends the membership."""
        memberships.remove_member(
            actor=acting(request),
            room=obj.room.slug,
            username=obj.user.get_username(),
            reason=request.POST.get("reason", ""),
        )

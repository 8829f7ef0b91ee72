"""Groups: what their members may do in the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.models import AbstractUser, Group
from django.http import HttpRequest

from chat.admin.base import ServiceAdmin, acting
from chat.services import rights

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ServiceAdmin, StockGroupAdmin):
    """All groups by name."""

    ordering = ("name",)
    consequence = "Its members lose at once what it lets them do."
    removal_note = "Removed"

    def policy_allows(self, person: AbstractUser) -> bool:
        """Superusers."""
        return person.is_superuser

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        """Makes the group, or changes it, with its permissions."""
        given = form.cleaned_data
        made = rights.save_group(
            actor=acting(request), name=given["name"], permissions=given["permissions"], group_id=obj.pk
        )
        obj.pk = made.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the permissions are saved with the group."""

    def remove(self, request: HttpRequest, obj: Group) -> None:
        """Takes it away."""
        rights.remove_group(actor=acting(request), group_id=obj.pk)

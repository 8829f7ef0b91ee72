"""Mutes and bans: imposed and lifted, never rewritten."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.admin.base import ServiceAdmin, acting
from chat.models import Sanction
from chat.queries.access import sanctions_all
from chat.queries.sanctions import in_force
from chat.services import sanctions


class StateFilter(admin.SimpleListFilter):
    """What is in force, and what is over or lifted."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Either."""
        return [("on", "In force"), ("off", "Over or lifted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> QuerySet[Sanction]:
        """Those of the chosen state, or all."""
        if self.value() is None:
            return queryset
        now = in_force().values("pk")
        return queryset.filter(pk__in=now) if self.value() == "on" else queryset.exclude(pk__in=now)


@admin.register(Sanction)
class SanctionAdmin(ServiceAdmin):
    """All mutes and bans, newest first."""

    list_display = ("kind", "person", "where", "reason", "begun_at", "ends_at", "made_by", "lifted_at", "lifted_by")
    list_display_links = ("kind", "person")
    list_select_related = ("person", "room", "made_by", "lifted_by")
    list_filter = (StateFilter, "kind")
    search_fields = ("person__username__startswith",)
    search_help_text = "Who is muted or banned"
    autocomplete_fields = ("person", "room")
    actions = ("lift_selected",)

    @admin.display
    def where(self, obj: Sanction) -> str:
        """The room, or everywhere."""
        return str(obj.room) if obj.room else "everywhere"

    def get_fields(self, request: HttpRequest, obj: Sanction | None = None) -> Any:
        """What a new one needs; for one that exists all there is to see."""
        return self.list_display if obj else ("kind", "person", "room", "reason", "ends_at")

    def policy_allows(self, person: AbstractUser) -> bool:
        """Those who may sanction everywhere."""
        return sanctions_all(person)

    def has_change_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        """Nobody: what was imposed is told as it was."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        """Nobody: it is lifted and stays to be seen."""
        return False

    def save_model(self, request: HttpRequest, obj: Sanction, form: Any, change: bool) -> None:
        """Imposes it."""
        given = form.cleaned_data
        made = sanctions.impose(
            actor=acting(request),
            person=given["person"],
            kind=given["kind"],
            room=given["room"].slug if given["room"] else None,
            reason=given["reason"],
            ends_at=given["ends_at"],
        )
        obj.pk = made.pk

    @admin.action(permissions=["add"], description="Lift selected mutes and bans")
    def lift_selected(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> HttpResponse | None:
        """Asks, then ends them before their time."""
        if self.is_confirmed(request):
            self.do(request, queryset.select_related("person", "room"), self._lift, "Lifted")
            return None
        consequence = "They may write, or come in again, at once."
        return self.ask(request, queryset, "lift_selected", consequence, asks_reason=True)

    def _lift(self, request: HttpRequest, obj: Sanction) -> None:
        sanctions.lift(actor=acting(request), sanction=obj, reason=request.POST["reason"])

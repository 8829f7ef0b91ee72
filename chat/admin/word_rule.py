"""Word rules: made, changed and ended."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest

from chat.admin.base import ServiceAdmin, acting
from chat.models import WordRule
from chat.queries.access import moderates_site
from chat.services import word_rules


@admin.register(WordRule)
class WordRuleAdmin(ServiceAdmin):
    """All rules, newest first."""

    list_display = ("pattern", "kind", "action", "where", "spares")
    list_filter = ("action", "kind")
    list_select_related = ("room",)
    search_fields = ("pattern__contains", "room__slug__startswith")
    search_help_text = "A part of the pattern, or the beginning of a room's name"
    fields = ("action", "kind", "pattern", "room", "spares")
    autocomplete_fields = ("room",)
    consequence = "The rule is taken away. What it held back still waits for its review."
    removal_note = "Taken away"

    @admin.display
    def where(self, obj: WordRule) -> str:
        """The room, or everywhere."""
        return str(obj.room) if obj.room else "everywhere"

    def get_readonly_fields(self, request: HttpRequest, obj: WordRule | None = None) -> tuple[str, ...]:
        """A rule stays where it is."""
        return ("room",) if obj else ()

    def policy_allows(self, person: AbstractUser) -> bool:
        """Those who may act on every room's messages."""
        return moderates_site(person)

    def save_model(self, request: HttpRequest, obj: WordRule, form: Any, change: bool) -> None:
        """Makes the rule, or changes it."""
        given = {name: form.cleaned_data[name] for name in ("pattern", "action", "kind", "spares")}
        room = None if change else form.cleaned_data["room"]
        obj.pk = word_rules.save_rule(actor=acting(request), room=room, rule_id=obj.pk, **given).pk

    def remove(self, request: HttpRequest, obj: WordRule) -> None:
        """Ends it."""
        word_rules.end_rule(actor=acting(request), rule_id=obj.pk)

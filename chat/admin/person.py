"""People: made, named, given rights, deactivated and activated again. Takes the place of the stock user admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from chat.admin.base import ServiceAdmin, acting
from chat.queries.access import is_guest
from chat.queries.shapes import person_shape
from chat.services import accounts
from chat.services.guests import set_guest

User = get_user_model()
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")

if admin.site.is_registered(User):
    admin.site.unregister(User)


class PersonForm(UserChangeForm):
    """An account with the name that people read."""

    display_name = forms.CharField(max_length=80)
    guest = forms.BooleanField(
        required=False,
        help_text="Finds only rooms that somebody brings them into, and the people there. Setting it signs them out.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].initial = person_shape(self.instance).display_name
        self.fields["guest"].initial = is_guest(self.instance)


@admin.register(User)
class PersonAdmin(ServiceAdmin, UserAdmin):
    """All accounts by username. The username stays: messages and the log call people by it."""

    list_display = ("username", "display_name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    list_select_related = ("profile",)
    search_fields = ("username__startswith", "email__startswith")
    search_help_text = "The beginning of a username or an address"
    ordering = ("username",)
    form = PersonForm
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email")}),
        ("Rights", {"fields": ("is_active", "guest", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    actions = ("delete_selected", "activate_selected")
    consequence = "The account is deactivated: signed out everywhere, its tokens ended. What they wrote stays."
    removal_note = "Deactivated"

    @admin.display
    def display_name(self, obj: AbstractUser) -> str:
        """The name that people read."""
        return person_shape(obj).display_name

    def get_readonly_fields(self, request: HttpRequest, obj: AbstractUser | None = None) -> tuple[str, ...]:
        """What never changes, and the rights for those who are not above them."""
        if obj is None:
            return ()
        return ("username", *self.readonly_fields, *(() if acting(request).is_superuser else RIGHTS))

    def has_change_permission(self, request: HttpRequest, obj: AbstractUser | None = None) -> bool:
        """Superusers are changed by superusers alone, their passwords too."""
        above = obj is None or acting(request).is_superuser or not obj.is_superuser
        return above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: AbstractUser | None = None) -> bool:
        """Deactivating is a change."""
        return super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)

    @method_decorator(sensitive_post_parameters())
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form for a new account, outside any transaction."""
        return self._add_view(request, form_url, extra_context)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: AbstractUser, form: Any, change: bool) -> None:
        """Makes the account, or changes what was changed of it: its state and name by use cases, the rest as it is."""
        if not change:
            self._make(request, obj, form)
            return
        changed = set(form.changed_data)
        if "is_active" in changed:
            act = accounts.activate if obj.is_active else accounts.deactivate
            act(actor=acting(request), person=obj)
        if "display_name" in changed:
            accounts.change_profile(actor=acting(request), person=obj, display_name=form.cleaned_data["display_name"])
        if "guest" in changed:
            set_guest(actor=acting(request), person=obj, guest=form.cleaned_data["guest"])
        obj.save(update_fields=changed & {"email", "is_staff", "is_superuser"})

    def _make(self, request: HttpRequest, obj: AbstractUser, form: Any) -> None:
        password = form.cleaned_data["password1"] if form.cleaned_data["set_usable_password"] else None
        made = accounts.add_person(actor=acting(request), username=obj.username, password=password)
        obj.pk, obj.username = made.pk, made.username

    def remove(self, request: HttpRequest, obj: AbstractUser) -> None:
        """Deactivates the account."""
        accounts.deactivate(actor=acting(request), person=obj)

    @admin.action(permissions=["change"], description="Activate selected users again")
    def activate_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> None:
        """Opens deactivated accounts again."""
        self.do(request, queryset, self._activate, "Activated again")

    def _activate(self, request: HttpRequest, obj: AbstractUser) -> None:
        accounts.activate(actor=acting(request), person=obj)

"""People: made, named, given rights, deactivated and activated again. Takes the place of the stock user admin."""

from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import get_reset_password_from_key_url
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from chat.admin.base import ServiceAdmin, acting
from chat.admin.rights import show_rights
from chat.queries.access import is_guest, moderates_site, sanctions_all
from chat.queries.shapes import person_shape
from chat.services import accounts, rights
from chat.services.farewell import erase_person
from chat.services.guests import set_guest
from chat.services.removal import remove_messages_of

User = get_user_model()
DAY = timedelta(days=1)
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")

# Each of these would change a row past the use cases, or show a secret.
for foreign in (User, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(foreign):
        admin.site.unregister(foreign)


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


class PasswordForm(AdminPasswordChangeForm):
    """A password that `actor` gives somebody, and that ends all sessions of theirs."""

    def __init__(self, *args: Any, actor: AbstractUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def save(self, commit: bool = True) -> Any:
        """Gives it, or takes the one there is away."""
        usable = self.cleaned_data.get("set_usable_password", True)
        password = self.cleaned_data["password1"] if usable else None
        accounts.change_password(person=self.user, password=password, actor=self.actor)
        return self.user


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
    change_form_template = "admin/chat/person.html"
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email")}),
        ("Rights", {"fields": ("is_active", "guest", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    actions = (
        "delete_selected", "activate_selected", "link_selected", "free_selected", "erase_selected", "mute_selected",
        "ban_selected", "hush_selected",
    )  # fmt: skip
    consequence = "The account is deactivated: signed out everywhere, its tokens ended. What they wrote stays."
    removal_note = "Deactivated"

    @admin.display
    def display_name(self, obj: AbstractUser) -> str:
        """The name that people read."""
        return person_shape(obj).display_name

    @admin.display(boolean=True)
    def guest(self, obj: AbstractUser) -> bool:
        """Whether they are one, for who only looks."""
        return is_guest(obj)

    def get_urls(self) -> list[URLPattern]:
        """Also the page that tells what somebody may do in a room."""
        asked = self.admin_site.admin_view(partial(show_rights, self, "person"))
        name = f"{self.opts.app_label}_{self.opts.model_name}_rights"
        return [path("<path:key>/rights/", asked, name=name), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: AbstractUser | None = None) -> tuple[str, ...]:
        """What never changes, and the rights for those who are not above them."""
        if obj is None:
            return ()
        return ("username", *self.readonly_fields, *(() if acting(request).is_superuser else RIGHTS))

    def get_fieldsets(self, request: HttpRequest, obj: AbstractUser | None = None) -> Any:
        """Without the password for who only looks."""
        shown = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return shown
        return [(name, {"fields": [each for each in part["fields"] if each != "password"]}) for name, part in shown]

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

    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Another's password here, one's own where one stays signed in."""
        if id == str(acting(request).pk):
            return redirect("account_change_password")
        desk = copy(self)
        desk.change_password_form = partial(PasswordForm, actor=acting(request))
        return UserAdmin.user_change_password(desk, request, id, form_url)

    def save_model(self, request: HttpRequest, obj: AbstractUser, form: Any, change: bool) -> None:
        """Makes the account, or changes what was changed of it, each by a use case; the rights by `save_related`."""
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
        if "email" in changed:
            accounts.change_email(person=obj, email=obj.email, actor=acting(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The rights, where they were changed."""
        if change and set(RIGHTS) & set(form.changed_data):
            given = form.cleaned_data
            rights.change_rights(
                actor=acting(request),
                person=form.instance,
                staff=given["is_staff"],
                superuser=given["is_superuser"],
                groups=given["groups"],
                permissions=given["user_permissions"],
            )

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

    @admin.action(permissions=["change"], description="Make links to choose a new password")
    def link_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> HttpResponse:
        """Shows a link for each, which works once."""
        people = [person for person in queryset if person.is_active and self.has_change_permission(request, person)]
        for person in people:
            accounts.note_reset_link(actor=acting(request), person=person)
            self.log_change(request, person, "Made a link to choose a new password")
        links = [(person, self._link(request, person)) for person in people]
        context = {**self.admin_site.each_context(request), "title": "Links to choose a new password", "links": links}
        return TemplateResponse(request, "admin/chat/links.html", context)

    @admin.action(permissions=["change"], description="Switch the second factor off, for a phone that is lost")
    def free_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> None:
        """Their passwords alone let them in again."""
        self.do(request, queryset, self._free, "Second factor switched off")

    @admin.action(permissions=["delete"], description="Erase selected people for good")
    def erase_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> HttpResponse | None:
        """Asks, then takes away all that says who they were."""
        if request.POST.get("post"):
            self.do(request, queryset, self._erase, "Erased")
            return None
        consequence = "Name, picture, address and all that says who they were is erased for good."
        return self.ask(request, queryset, "erase_selected", consequence)

    @admin.action(permissions=["sanction"], description="Mute…")
    def mute_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> HttpResponse | None:
        """Leads to the form for it."""
        return self._sanction(request, queryset, "mute")

    @admin.action(permissions=["sanction"], description="Ban…")
    def ban_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> HttpResponse | None:
        """Leads to the form for it."""
        return self._sanction(request, queryset, "ban")

    @admin.action(permissions=["hush"], description="Remove what they wrote in the last day…")
    def hush_selected(self, request: HttpRequest, queryset: QuerySet[AbstractUser]) -> HttpResponse | None:
        """Asks, then removes it in every room."""
        if self.is_confirmed(request):
            self.do(request, queryset, self._hush, "Removed what they wrote in the last day")
            return None
        consequence = "All that they wrote in the last 24 hours is gone for everyone, in every room."
        return self.ask(request, queryset, "hush_selected", consequence, asks_reason=True)

    def has_hush_permission(self, request: HttpRequest) -> bool:
        """Who may remove messages everywhere."""
        return moderates_site(acting(request))

    def has_sanction_permission(self, request: HttpRequest) -> bool:
        """Who may sanction everywhere."""
        return sanctions_all(acting(request))

    def _sanction(self, request: HttpRequest, queryset: QuerySet[AbstractUser], kind: str) -> HttpResponse | None:
        people = list(queryset[:2])
        if len(people) == 1:
            return redirect(f"{reverse('admin:chat_sanction_add')}?kind={kind}&person={people[0].pk}")
        self.message_user(request, "Select one person: each is told a reason of their own.", messages.ERROR)
        return None

    def _hush(self, request: HttpRequest, obj: AbstractUser) -> None:
        since = timezone.now() - DAY
        remove_messages_of(actor=acting(request), person=obj, since=since, reason=request.POST["reason"])

    def _link(self, request: HttpRequest, person: AbstractUser) -> str:
        key = default_token_generator.make_token(person)
        return get_reset_password_from_key_url(request, f"{user_pk_to_url_str(person)}-{key}")

    def _free(self, request: HttpRequest, obj: AbstractUser) -> None:
        accounts.drop_second_factor(actor=acting(request), person=obj)

    def _erase(self, request: HttpRequest, obj: AbstractUser) -> None:
        erase_person(actor=acting(request), person=obj)

    def _activate(self, request: HttpRequest, obj: AbstractUser) -> None:
        accounts.activate(actor=acting(request), person=obj)

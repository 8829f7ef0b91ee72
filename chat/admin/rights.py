"""Why somebody may or may not do something in a room: the policy's own answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.domain.errors import ChatError
from chat.queries.people import named
from chat.queries.rights import explained


class QuestionForm(forms.Form):
    """Somebody, a room, and what they would write there."""

    person = forms.CharField(max_length=64, help_text="Their username, as in anna.")
    room = forms.CharField(max_length=64, help_text="Its name in addresses, as in general.")
    text = forms.CharField(
        max_length=8000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What they would write, to see what the rules make of it. It is kept nowhere.",
    )

    def clean_person(self) -> str:
        """As people write it."""
        return str(self.cleaned_data["person"]).strip().removeprefix("@")

    def clean_room(self) -> str:
        """As people write it."""
        return str(self.cleaned_data["room"]).strip().removeprefix("#")


def show_rights(desk: admin.ModelAdmin, field: str, request: HttpRequest, key: str) -> HttpResponse:
    """Each act with allowed, or the reason why not; asked with the facts as they are now.

    On the page of the person or the room that the question begins with, which `field` says.
    """
    found: Any = desk.get_object(request, key)
    if found is None:
        raise Http404
    if not desk.has_view_permission(request, found) or not request.user.has_perm("auth.view_user"):
        raise PermissionDenied
    form = QuestionForm(request.POST or None, initial={field: str(found)})
    context = {
        **desk.admin_site.each_context(request),
        "title": "What may they do in a room?",
        "opts": desk.opts,
        "original": found,
        "form": form,
        "answers": _answers(form) if form.is_bound and form.is_valid() else [],
    }
    return TemplateResponse(request, "admin/chat/rights.html", context)


def _answers(form: QuestionForm) -> list[tuple[str, str]]:
    asked = form.cleaned_data
    try:
        person = named(asked["person"])
    except ChatError as error:
        form.add_error("person", error.message)
        return []
    try:
        return explained(person, asked["room"], text=asked["text"])
    except ChatError as error:
        form.add_error("room", error.message)
        return []

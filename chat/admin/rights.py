"""Why somebody may or may not do something in a room: the policy's own answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.domain.errors import ChatError
from chat.queries.rights import explained


class QuestionForm(forms.Form):
    """A room, and what they would write there."""

    room = forms.CharField(max_length=64, help_text="Its name in addresses, as in general.")
    text = forms.CharField(
        max_length=8000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What they would write, to see what the rules make of it. It is kept nowhere.",
    )


def show_rights(desk: admin.ModelAdmin, request: HttpRequest, person_id: str) -> HttpResponse:
    """Each act with allowed, or the reason why not; asked with the facts as they are now."""
    person: Any = desk.get_object(request, person_id)
    if person is None:
        raise Http404
    if not desk.has_view_permission(request, person):
        raise PermissionDenied
    form = QuestionForm(request.POST or None)
    context = {
        **desk.admin_site.each_context(request),
        "title": f"What may {person} do?",
        "opts": desk.opts,
        "original": person,
        "form": form,
        "answers": _answers(person, form) if form.is_bound and form.is_valid() else [],
    }
    return TemplateResponse(request, "admin/chat/rights.html", context)


def _answers(person: AbstractUser, form: QuestionForm) -> list[tuple[str, str]]:
    try:
        room = form.cleaned_data["room"].strip().removeprefix("#")
        return explained(person, room, text=form.cleaned_data["text"])
    except ChatError as error:
        form.add_error("room", error.message)
        return []

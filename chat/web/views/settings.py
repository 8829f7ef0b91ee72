"""The reader's own settings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from chat.domain.errors import ChatError
from chat.queries.shapes import person_shape
from chat.services import accounts
from chat.web.forms import SettingsForm
from chat.web.pages import blame, page, reader, render_house

YEAR_SECONDS = 365 * 24 * 3600


@page
def settings(request: HttpRequest) -> HttpResponse:
    """One's name, for everyone; light or dark, for this device."""
    shown = {"display_name": person_shape(reader(request)).display_name, "theme": request.COOKIES.get("theme", "")}
    form = SettingsForm(request.POST or None, initial=shown)
    if form.is_bound and form.is_valid():
        try:
            accounts.change_profile(actor=reader(request), display_name=form.cleaned_data["display_name"])
        except ChatError as error:
            blame(form, error)
        else:
            answer = redirect("web:settings")
            answer.set_cookie("theme", form.cleaned_data["theme"], max_age=YEAR_SECONDS, httponly=True, samesite="Lax")
            return answer
    return render_house(request, "chat/settings.html", {"form": form})

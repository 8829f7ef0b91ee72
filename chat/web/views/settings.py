"""The reader's own settings: profile, account, security, data."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import EmailView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from chat.domain.errors import ChatError
from chat.queries.installation import removes_erased_messages
from chat.queries.people import has_second_factor, profile_of
from chat.queries.sessions import sessions_of
from chat.queries.shapes import person_shape
from chat.services import accounts, farewell, pictures, sessions
from chat.web.account_forms import EraseForm, PictureForm, PlainEmailForm, ProfileForm
from chat.web.pages import blame, page, reader

YEAR_SECONDS = 365 * 24 * 3600
LOOKS = ("theme", "accent")
"""What is chosen for one device, whose cookies keep it."""
sure = reauthentication_required(app="allauth.account")


@page
def profile(request: HttpRequest) -> HttpResponse:
    """What others see of one; the colours, for this device."""
    form = ProfileForm(request.POST or None, initial=_known(request))
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        looks = {name: given.pop(name) for name in LOOKS}
        try:
            accounts.change_profile(actor=reader(request), **given)
        except ChatError as error:
            blame(form, error)
        else:
            messages.success(request, "Saved.")
            answer = redirect("web:settings")
            for name, chosen in looks.items():
                answer.set_cookie(
                    name, chosen, max_age=YEAR_SECONDS, httponly=True, secure=request.is_secure(), samesite="Lax"
                )
            return answer
    return _profile_page(request, form, PictureForm())


@require_POST
@page
def picture(request: HttpRequest) -> HttpResponse:
    """Another picture, or none."""
    if "remove" in request.POST:
        pictures.remove_picture(actor=reader(request))
        return redirect("web:settings")
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            pictures.set_picture(actor=reader(request), upload=form.cleaned_data["picture"])
            return redirect("web:settings")
        except ChatError as error:
            blame(form, error)
    return _profile_page(request, ProfileForm(initial=_known(request)), form)


class Account(EmailView):
    """The address: asked by mail, or only noted where the chat sends none."""

    def get_form_class(self) -> Any:
        return super().get_form_class() if settings.HAS_MAIL else PlainEmailForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if not settings.HAS_MAIL:
            del kwargs["user"]
            kwargs["initial"] = {"email": self.request.user.email}
        return kwargs

    def form_valid(self, form: Any) -> HttpResponse:
        if settings.HAS_MAIL:
            return super().form_valid(form)
        return sure(self._note)(self.request, form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(me=person_shape(reader(self.request)), has_mail=settings.HAS_MAIL, **kwargs)

    def _note(self, request: HttpRequest, form: Any) -> HttpResponse:
        accounts.change_email(person=reader(request), email=form.cleaned_data["email"])
        messages.success(request, "Saved.")
        return redirect("account_email")


@page
def security(request: HttpRequest) -> HttpResponse:
    """Password, second factor, where one is signed in."""
    person = reader(request)
    context = {
        "two_factor": has_second_factor(person),
        "sessions": sessions_of(person, current=request.session.session_key or ""),
        "has_password": person.has_usable_password(),
    }
    return render(request, "settings/security.html", context)


@require_POST
@page
def sign_out_there(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ends one of one's sessions."""
    sessions.sign_out_there(actor=reader(request), session_id=session_id)
    return redirect("mfa_index")


@page
def data(request: HttpRequest) -> HttpResponse:
    """Taking one's data along, closing the account, being erased."""
    form = EraseForm(expected=reader(request).get_username())
    return _data_page(request, form)


@require_POST
@page
@sure
def export(request: HttpRequest) -> HttpResponse:
    """The archive of one's data."""
    answer = HttpResponse(farewell.export_data(actor=reader(request)), content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="parley.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@page
@sure
def close(request: HttpRequest) -> HttpResponse:
    """Closes the account."""
    farewell.close_account(actor=reader(request))
    return _gone(request, "Your account is closed", "An administrator can open it again. Farewell!")


@require_POST
@page
@sure
def erase(request: HttpRequest) -> HttpResponse:
    """Erases the person, once they have typed their name."""
    person = reader(request)
    form = EraseForm(request.POST, expected=person.get_username())
    if not form.is_valid():
        return _data_page(request, form)
    farewell.erase_person(actor=person, person=person)
    return _gone(request, "You are erased", "Nothing here says any more who you were. Farewell!")


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the profile form shows at first."""
    return profile_of(reader(request))._asdict() | {name: request.COOKIES.get(name, "") for name in LOOKS}


def _gone(request: HttpRequest, title: str, words: str) -> HttpResponse:
    logout(request)
    return render(request, "chat/error.html", {"title": title, "words": words})


def _data_page(request: HttpRequest, form: EraseForm) -> HttpResponse:
    return render(request, "settings/data.html", {"form": form, "removes": removes_erased_messages()})


def _profile_page(request: HttpRequest, form: ProfileForm, picture_form: PictureForm) -> HttpResponse:
    context = {"form": form, "picture_form": picture_form, "me": person_shape(reader(request))}
    return render(request, "settings/profile.html", context)

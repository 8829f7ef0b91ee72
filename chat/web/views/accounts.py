"""Pages before the chat: signing in and up, setting up, and the ways back in."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chat.domain.errors import ChatError, RateLimited
from chat.queries.installation import has_admin
from chat.services import accounts, invites
from chat.services.installation import setup_code
from chat.web.account_forms import SetUpForm
from chat.web.pages import blame
from chat.web.views.invites import accept


class SignIn(views.LoginView):
    """By name or address and password; then a code, where there is a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(has_admin=has_admin(), open_sign_up=invites.may_sign_up(), **kwargs)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; the browser forgets what it kept of it, what it shows without a network too."""
    answer = views.logout(request)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


class SignUp(views.SignupView):
    """Makes an account and signs it in; at the address of an invite it spends one of its uses.

    Who has signed in there already is asked whether to come into the room of the invite.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and "code" in kwargs:
            return accept(request, kwargs["code"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "invite": self.kwargs.get("code", "")}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except RateLimited:
            raise
        except ChatError as error:
            blame(form, error)
            return self.form_invalid(form)

    def closed(self) -> HttpResponse:
        return render(self.request, self.template_name_signup_closed, {"invited": "code" in self.kwargs}, status=403)


class Reset(views.PasswordResetView):
    """Mails a link to choose a new password; without mail it tells whom to ask."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(has_mail=settings.HAS_MAIL, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.HAS_MAIL:
            raise Http404
        return super().post(request, *args, **kwargs)


class NewPassword(views.PasswordResetFromKeyView):
    """Where such a link leads, one from the admin as well."""

    def form_valid(self, form: Any) -> HttpResponse:
        self.logout()
        return super().form_valid(form)


@never_cache
@sensitive_post_parameters("password")
def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Leads the holder of the set-up code to the admin account; of two at once the second is told to sign in."""
    if not constant_time_compare(code, setup_code()):
        raise Http404
    if has_admin():
        context = {"title": "Set up already", "words": "This chat has an administrator. Sign in instead."}
        return render(request, "chat/error.html", context, status=409)
    form = SetUpForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            user = accounts.set_up_admin(code=code, **form.cleaned_data)
        except ChatError as error:
            blame(form, error)
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])  # type: ignore[arg-type]
            return redirect("web:home")
    return render(request, "chat/set_up.html", {"form": form})

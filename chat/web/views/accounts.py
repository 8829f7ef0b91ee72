"""Pages before the chat: signing in and up, signing out, setting up."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chat.conf import conf
from chat.domain.errors import ChatError, RateLimited
from chat.queries.installation import has_admin
from chat.services import accounts
from chat.services.installation import setup_code
from chat.services.limits import spend_by_address
from chat.web.forms import SignInForm, SignUpForm
from chat.web.pages import blame

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignIn(LoginView):
    template_name = "chat/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(has_admin=has_admin(), open_sign_up=conf().OPEN_SIGN_UP, **kwargs)


class SignOut(LogoutView):
    """By POST only, so that no link signs anybody out."""


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Makes an account and signs it in."""
    if not conf().OPEN_SIGN_UP:
        raise PermissionDenied("New accounts are made by the administrator here.")
    target = request.POST.get("next", request.GET.get("next", ""))
    form = SignUpForm(request.POST or None)
    if user := _made(form, partial(_sign_up, request)):
        login(request, user, backend=BACKEND)  # type: ignore[arg-type]
        return redirect(target if _is_ours(request, target) else "web:home")
    return render(request, "chat/sign_up.html", {"form": form, "next": target})


@never_cache
@sensitive_post_parameters("password")
def set_up(request: HttpRequest, code: str) -> HttpResponse:
    """Leads the holder of the set-up code to the admin account; of two at once the second is told to sign in."""
    if not constant_time_compare(code, setup_code()):
        raise Http404
    if has_admin():
        context = {"title": "Set up already", "words": "This chat has an administrator. Sign in instead."}
        return render(request, "chat/error.html", context, status=409)
    form = SignUpForm(request.POST or None)
    if user := _made(form, lambda **given: accounts.set_up_admin(code=code, **given)):
        login(request, user, backend=BACKEND)  # type: ignore[arg-type]
        return redirect("web:home")
    return render(request, "chat/set_up.html", {"form": form})


def _sign_up(request: HttpRequest, **given: str) -> AbstractUser:
    spend_by_address("SIGN_UPS_PER_ADDRESS", request.META.get("REMOTE_ADDR", ""))
    return accounts.sign_up(**given)


def _made(form: SignUpForm, make: Callable[..., AbstractUser]) -> AbstractUser | None:
    """The account that the form asks for, or None with the reasons in the form."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return make(**form.cleaned_data)
    except RateLimited:
        raise
    except ChatError as error:
        blame(form, error)
        return None


def _is_ours(request: HttpRequest, target: str) -> bool:
    """Whether this is an address of this site, so that nobody is led elsewhere."""
    hosts = {request.get_host()}
    return bool(target) and url_has_allowed_host_and_scheme(target, hosts, require_https=request.is_secure())

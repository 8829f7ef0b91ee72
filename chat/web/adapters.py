"""Where django-allauth asks this project: what it decides, makes and stores goes through the services."""

import base64
import hashlib
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chat.domain.sanctions import banned
from chat.queries.cases import appeal_key
from chat.queries.sanctions import sentenced_here
from chat.queries.shapes import person_shape
from chat.services import accounts, invites, sso
from chat.services.limits import spend, spend_by_address

WRONG = "This name and password do not fit together."


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up as the administrator has it, passwords that end sessions, and no mail without end."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "invalid_password_reset": "This link is not valid any more.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the visitor, with the invite link they may have followed, may make an account."""
        match = request.resolver_match
        return invites.may_sign_up(code=match.kwargs.get("code", "") if match else "")

    def pre_login(self, request: HttpRequest, user: Any, **hints: Any) -> HttpResponse | None:
        """Tells who is banned why and until when: to nobody who did not know the password."""
        if ban := sentenced_here(user.pk).ban:
            clear_login(request)
            way = reverse("web:appeal", args=[appeal_key(ban.number)])
            context = {"title": "You are banned", "words": banned(ban).message, "appeal": way}
            return render(request, "chat/error.html", context, status=403)
        return super().pre_login(request, user, **hints)

    def set_password(self, user: Any, password: str) -> None:
        """Changes it and ends all sessions; the views keep the one that asked."""
        accounts.change_password(person=user, password=password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where passwords are."""
        return reverse("mfa_index")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """To the page of the address, or the way to it."""
        return reverse("account_email")

    def is_safe_url(self, url: str) -> bool:
        """Only this site itself: no other host is led to."""
        return bool(url) and url.startswith("/") and super().is_safe_url(url)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends it, unless too many went out from there or to there. Raises RateLimited."""
        spend_by_address("MAILS_PER_ADDRESS", self.get_client_ip(cast(HttpRequest, self.request)))
        spend("MAILS_PER_RECIPIENT", email)
        super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the server has found out."""
        return str(request.META.get("REMOTE_ADDR", ""))


class TwoFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, by a key that comes from SECRET_KEY."""

    def encrypt(self, text: str) -> str:
        """What is stored."""
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was to be stored; a key from SECRET_KEY_FALLBACKS still opens it."""
        return _ciphers().decrypt(encrypted_text.encode()).decode()


class SsoAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: who is let in there has an account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Always: the provider decides who may come."""
        return True

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> AbstractUser:
        """Makes the account as the service does, and ties it to the provider's."""
        told = sociallogin.account.get_provider_account().get_user_data() or {}
        name = str(told.get("preferred_username") or sociallogin.user.email.partition("@")[0])
        person = sso.make_account(username=name, display_name=str(told.get("name") or ""))
        sociallogin.user = person
        sociallogin.save(request)
        return person

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to where one signs in from."""
        return reverse("mfa_index")


def display_name(user: Any) -> str:
    """What the library calls somebody."""
    return person_shape(user).display_name


def _ciphers() -> MultiFernet:
    return MultiFernet([_cipher(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"parley.two-factor" + secret.encode()).digest()))

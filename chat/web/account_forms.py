"""The forms of accounts: django-allauth's where it checks what is typed, in this project's words and look."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as account
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from django import forms
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest

from chat.services import accounts
from chat.services.limits import spend, spend_by_address
from chat.web.forms import line

AT_LEAST = "At least 8 characters."


def username(*, longest: int, label: str = "Username", help_text: str = "") -> forms.CharField:
    """The name to sign in with, where one begins to write."""
    field = line(label, longest=longest, help_text=help_text, autocomplete="username")
    field.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}
    return field


def password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    """A password, never trimmed and never shown again."""
    widget = forms.PasswordInput({"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, help_text=help_text, widget=widget)


def email(label: str, help_text: str = "", *, optional: bool = False) -> forms.EmailField:
    """An address for mail."""
    widget = forms.EmailInput({"class": "input", "autocomplete": "email"})
    return forms.EmailField(label=label, required=not optional, help_text=help_text, widget=widget)


class Dressed(forms.Form):
    """A form of the library in the family's look, with the labels and hints of `words`."""

    words: dict[str, tuple[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs["class"] = "input"
            field.label, field.help_text = self.words.get(name, (field.label, ""))


class SignInForm(Dressed, account.LoginForm):
    words = {"login": ("Username or e-mail", ""), "password": ("Password", "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        self.fields["login"].widget.attrs |= attributes


class SignUpForm(forms.Form):
    """Makes an account when the view of the library saves it."""

    by_passkey = False
    username = username(longest=32, help_text="For signing in, and for others to call you by @.")
    display_name = line(
        "Your name (optional)", longest=80, optional=True, help_text="As others see it.", autocomplete="name"
    )
    email = email("E-mail (optional)", "To choose a new password when you have lost yours.", optional=True)
    password = password("Password", "new-password", AT_LEAST)

    def __init__(self, *args: Any, invite: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invite = invite

    def try_save(self, request: HttpRequest) -> tuple[AbstractUser, None]:
        """The account, and no answer of its own. Raises ChatError."""
        spend_by_address("SIGN_UPS_PER_ADDRESS", request.META.get("REMOTE_ADDR", ""))
        return accounts.sign_up(**self.cleaned_data, invite=self.invite), None


class SetUpForm(forms.Form):
    username = username(longest=32, help_text="For signing in, and for others to call you by @.")
    display_name = line(
        "Your name (optional)", longest=80, optional=True, help_text="As others see it.", autocomplete="name"
    )
    password = password("Password", "new-password", AT_LEAST)


class ResetForm(Dressed, account.ResetPasswordForm):
    words = {"email": ("E-mail", "")}


class NewPasswordForm(Dressed, account.ResetPasswordKeyForm):
    words = {"password1": ("New password", AT_LEAST), "password2": ("New password again", "")}


class ChangePasswordForm(Dressed, account.ChangePasswordForm):
    words = {"oldpassword": ("Current password", ""), **NewPasswordForm.words}


class SetPasswordForm(Dressed, account.SetPasswordForm):
    words = NewPasswordForm.words


class ReauthenticateForm(Dressed, account.ReauthenticateForm):
    words = {"password": ("Password", "")}


class EmailForm(Dressed, account.AddEmailForm):
    words = {"email": ("New e-mail address", "")}


class PlainEmailForm(forms.Form):
    """An address where the chat sends no mail to ask for it."""

    email = email("E-mail", "For signing in by it. Empty for none.", optional=True)


class Counted(forms.Form):
    """A code of a second factor: there are few of them, so few may be tried."""

    user: AbstractUser

    def clean_code(self) -> str:
        """The code, if it fits. Raises RateLimited."""
        spend("CODES_PER_PERSON", self.user.pk)
        return str(super().clean_code())  # type: ignore[misc]


class CodeForm(Dressed, Counted, codes.AuthenticateForm):
    words = {"code": ("Code", "From your authenticator app, or one of your recovery codes.")}


class ReauthenticateCodeForm(Dressed, Counted, codes.ReauthenticateForm):
    words = CodeForm.words


class ActivateTOTPForm(Dressed, Counted, totp.ActivateTOTPForm):
    words = {"code": ("Code", "The six digits that the app shows now.")}


class ProfileForm(forms.Form):
    display_name = line("Your name", longest=80, autocomplete="name")
    status = line("Status", longest=120, optional=True, help_text="What you are up to, for others to read.")
    time_zone = forms.ChoiceField(
        label="Time zone", required=False, widget=forms.Select({"class": "input", "autocomplete": "off"})
    )
    theme = forms.ChoiceField(
        label="Colours on this device",
        choices=[("", "Like the system"), ("light", "Light"), ("dark", "Dark")],
        required=False,
        widget=forms.RadioSelect,
    )
    accent = forms.ChoiceField(
        label="Accent on this device",
        choices=[("", "Tide"), ("cobalt", "Cobalt"), ("plum", "Plum")],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = _zones()  # type: ignore[attr-defined]


class PictureForm(forms.Form):
    picture = forms.FileField(
        label="Picture",
        help_text="PNG, JPEG, GIF or WebP, at most 5 MB. It is made small and square.",
        widget=forms.FileInput({"class": "input", "accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )


class EraseForm(forms.Form):
    """To be sure: the name typed once more."""

    username = line("Type your username to confirm", longest=150)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_username(self) -> str:
        """The name, if it is the right one."""
        if self.cleaned_data["username"].strip().lower() != self.expected.lower():
            raise forms.ValidationError("This is not your username.")
        return self.expected


@cache
def _zones() -> list[tuple[str, str]]:
    """Cities, and UTC; the others are old names of the same."""
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("", "That of the browser"), ("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]

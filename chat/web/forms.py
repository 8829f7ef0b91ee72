"""The forms of the pages: what people fill in, in their words. What is allowed the services decide."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.text import slugify

LONGEST_SLUG = 64


def line(
    label: str, *, longest: int, optional: bool = False, help_text: str = "", autocomplete: str = "off"
) -> forms.CharField:
    """A one-line field in the family's look."""
    widget = forms.TextInput({"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=longest, required=not optional, help_text=help_text, widget=widget)


def username(*, longest: int, help_text: str = "") -> forms.CharField:
    """The name to sign in with, where one begins to write."""
    field = line("Username", longest=longest, help_text=help_text, autocomplete="username")
    field.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}
    return field


def password(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    """A password, never trimmed and never shown again."""
    widget = forms.PasswordInput({"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, help_text=help_text, widget=widget)


class SignInForm(AuthenticationForm):
    username = username(longest=150)
    password = password("Password", "current-password")
    error_messages = {
        "invalid_login": "This username and password do not fit together.",
        "inactive": "This account is closed.",
    }

    def clean(self) -> dict[str, Any]:
        """Usernames made here are in lower case, but the host of the chat may have others."""
        typed = self.cleaned_data.get("username", "")
        try:
            return super().clean()
        except forms.ValidationError:
            if typed == typed.lower():
                raise
            self.cleaned_data["username"] = typed.lower()
            return super().clean()


class SignUpForm(forms.Form):
    username = username(longest=32, help_text="For signing in, and for others to call you by @.")
    display_name = line(
        "Your name (optional)", longest=80, optional=True, help_text="As others see it.", autocomplete="name"
    )
    password = password("Password", "new-password", "At least 8 characters.")


class NewRoomForm(forms.Form):
    title = line("Name", longest=80)
    topic = line("What it is about", longest=250, optional=True)
    kind = forms.ChoiceField(
        label="Who may read it",
        choices=[("open", "Everybody here"), ("private", "Only who is brought in")],
        initial="open",
        widget=forms.RadioSelect,
    )
    announcements = forms.BooleanField(label="Only moderators write, the others read and react", required=False)

    def slug(self) -> str:
        """The room's name in addresses, from its title; empty for a title without Latin letters or digits."""
        return slugify(self.cleaned_data["title"].replace("_", "-"))[:LONGEST_SLUG].strip("-")


class SettingsForm(forms.Form):
    display_name = line("Your name", longest=80, autocomplete="name")
    theme = forms.ChoiceField(
        label="Colours",
        choices=[("", "Like the system"), ("light", "Light"), ("dark", "Dark")],
        required=False,
        widget=forms.RadioSelect,
    )


class TokenForm(forms.Form):
    name = line("What it is for", longest=80)
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[("read", "Read"), ("write", "Write"), ("moderate", "Moderate, where you may")],
        initial=["read", "write"],
        widget=forms.CheckboxSelectMultiple,
    )
    rooms = line(
        "Only in these rooms (optional)",
        longest=2000,
        optional=True,
        help_text="By their names in addresses, as in general, harbour. Empty: wherever you may go.",
    )
    days = forms.ChoiceField(
        label="How long it is good",
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "until it is ended")],
        initial="90",
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_rooms(self) -> list[str]:
        """The rooms as a list."""
        return str(self.cleaned_data["rooms"]).replace(",", " ").replace("#", " ").split()


class TextQuery(forms.Form):
    q = forms.CharField(required=False, max_length=80)

    @classmethod
    def text_of(cls, query: Any) -> str:
        """What is looked for, or nothing for what cannot be a name."""
        form = cls(query)
        return str(form.cleaned_data["q"]) if form.is_valid() else ""

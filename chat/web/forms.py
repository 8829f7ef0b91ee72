"""The forms of rooms and people: what people fill in, in their words. What is allowed the services decide."""

from typing import Any, Self

from django import forms
from django.utils.text import slugify

from chat.domain.shapes import RoomSummary

LONGEST_SLUG = 64
PACES = {0: "Off", 5: "5 seconds", 15: "15 seconds", 60: "a minute", 300: "5 minutes", 900: "15 minutes"}


def line(
    label: str, *, longest: int, optional: bool = False, help_text: str = "", autocomplete: str = "off"
) -> forms.CharField:
    """A one-line field in the family's look."""
    widget = forms.TextInput({"class": "input", "autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=longest, required=not optional, help_text=help_text, widget=widget)


class AboutRoom(forms.Form):
    title = line("Name", longest=80)
    topic = line("What it is about", longest=250, optional=True)
    announcements = forms.BooleanField(label="Only moderators write, the others read and react", required=False)


class NewRoomForm(AboutRoom):
    kind = forms.ChoiceField(
        label="Who may read it",
        choices=[("open", "Everybody here"), ("private", "Only who is brought in")],
        initial="open",
        widget=forms.RadioSelect,
    )
    field_order = ("title", "topic", "kind", "announcements")

    def slug(self) -> str:
        """The room's name in addresses, from its title; empty for a title without Latin letters or digits."""
        return slugify(self.cleaned_data["title"].replace("_", "-"))[:LONGEST_SLUG].strip("-")


class RoomForm(AboutRoom):
    slow_seconds = forms.TypedChoiceField(
        label="Slow mode: how long one waits between two messages", coerce=int, widget=forms.Select({"class": "input"})
    )
    field_order = ("title", "topic", "slow_seconds", "announcements")

    @classmethod
    def of(cls, room: RoomSummary, given: Any = None) -> Self:
        """The form with the room as it is."""
        form = cls(given, initial={name: getattr(room, name) for name in cls.base_fields})
        paces = PACES if room.slow_seconds in PACES else {**PACES, room.slow_seconds: f"{room.slow_seconds} seconds"}
        form.fields["slow_seconds"].choices = sorted(paces.items())  # type: ignore[attr-defined]
        return form


class InviteForm(forms.Form):
    note = line("What it is for", longest=80, optional=True)
    uses_left = forms.IntegerField(
        label="How many may use it",
        min_value=1,
        max_value=1000,
        initial=10,
        widget=forms.NumberInput({"class": "input"}),
    )
    days = forms.ChoiceField(
        label="How long it is good",
        choices=[("1", "a day"), ("7", "a week"), ("30", "30 days"), ("", "until it is withdrawn")],
        initial="7",
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


class AppealForm(forms.Form):
    reason = line("Why it should be lifted", longest=1000)

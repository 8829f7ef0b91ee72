"""Lists that cost the same however large their table is."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from chat.models import Room

LONGEST_LIST = 1000
"""Rows one can page through; what lies behind them is found by searching."""

LONGEST_NUMBER = 15


class NewestPaginator(Paginator):
    """Pages over the first LONGEST_LIST rows, so that neither counting nor skipping goes further."""

    @cached_property
    def count(self) -> int:
        """How many rows there are to page through."""
        return cast(QuerySet, self.object_list)[:LONGEST_LIST].count()


class PageActionForm(ActionForm):
    """Actions take what was ticked on the page, never all that was found."""

    select_across = forms.BooleanField(label="", required=False, disabled=True, initial=False, widget=forms.HiddenInput)


class ListAdmin(admin.ModelAdmin):
    """An admin class whose list never counts, sorts or scans a whole table."""

    paginator = NewestPaginator
    action_form = PageActionForm
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ()


class RowAdmin(ListAdmin):
    """The list of something that happens in rooms: found by room, by person, and by number or day from there back.

    A list that is `dated` is of what has numbers in its room, in the order of this field.
    """

    search_fields = ("room",)
    person_field = "user"
    dated = ""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Understands `general @anna 1200`: each word one look-up in an index.

        A room's rows come in the order of its numbers, a person's in that of their keys: so the indexes have them.
        Keys are asked for first: of a subquery a database does not know how much it will find.
        """
        wanted = parse(search_term)
        if wanted.person:
            people = get_user_model()._default_manager.filter(username=wanted.person)
            queryset = queryset.filter(**{self.person_field: people.values_list("pk", flat=True).first() or 0})
        if wanted.room:
            room = Room.objects.filter(slug=wanted.room).values_list("pk", flat=True).first() or 0
            queryset = queryset.filter(room=room)
            if self.dated and not wanted.person:
                queryset = queryset.order_by("-seq")
            if self.dated and wanted.number is not None:
                queryset = queryset.filter(seq__lte=wanted.number)
            if self.dated and wanted.day is not None:
                queryset = queryset.filter(seq__lte=self._last_of(room, wanted.day))
        return queryset, False

    def _last_of(self, room: int, day: date) -> int:
        """The last number of a room until this day ends: found in a few steps, for numbers and times grow together."""
        rows = self.model._default_manager.filter(room=room).order_by("-seq")
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        low, high = 0, rows.values_list("seq", flat=True).first() or 0
        while low < high:
            middle = (low + high + 1) // 2
            at = rows.filter(seq__lte=middle).values_list(self.dated, flat=True).first()
            low, high = (middle, high) if at is None or at < end else (low, middle - 1)
        return low


class Wanted(NamedTuple):
    """What somebody searches for."""

    room: str = ""
    person: str = ""
    number: int | None = None
    day: date | None = None


def parse(text: str) -> Wanted:
    """Reads `#room @person number` or a day: the first plain word is the room, what is behind it where to begin."""
    room = person = ""
    number = day = None
    for word in text.lower().split():
        if word.startswith("@"):
            person = word[1:]
        elif not room:
            room = word.removeprefix("#")
        elif word.isdecimal() and len(word) <= LONGEST_NUMBER:
            number = int(word)
        else:
            with suppress(ValueError):
                day = date.fromisoformat(word)
    return Wanted(room, person, number, day)

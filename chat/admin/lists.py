"""Lists that cost the same however large their table is."""

from typing import NamedTuple, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
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
    """The list of something that happens in rooms: found by room, by person, and by number from there back."""

    search_fields = ("room",)
    person_field = "user"
    numbered = False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Understands `general @anna 1200`: each word one look-up in an index.

        A room's rows come in the order of its numbers, a person's in that of their keys: so the indexes have them.
        """
        wanted = parse(search_term)
        if wanted.person:
            people = get_user_model()._default_manager.filter(username=wanted.person)
            queryset = queryset.filter(**{self.person_field: people.values("pk")[:1]})
        if wanted.room:
            rooms = Room.objects.filter(slug=wanted.room)
            queryset = queryset.filter(room=rooms.values("pk")[:1])
            if self.numbered and not wanted.person:
                queryset = queryset.order_by("-seq")
            if self.numbered and wanted.number is not None:
                queryset = queryset.filter(seq__lte=wanted.number)
        return queryset, False


class Wanted(NamedTuple):
    """What somebody searches for."""

    room: str = ""
    person: str = ""
    number: int | None = None


def parse(text: str) -> Wanted:
    """Reads `#room @person number`: the first plain word is the room, a number behind it the seq to begin at."""
    room = person = ""
    number = None
    for word in text.lower().split():
        if word.startswith("@"):
            person = word[1:]
        elif not room:
            room = word.removeprefix("#")
        elif word.isdecimal() and len(word) <= LONGEST_NUMBER:
            number = int(word)
    return Wanted(room, person, number)

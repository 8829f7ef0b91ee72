"""The queue: what people reported and appealed against, looked at in its place and decided with a reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from chat.admin.base import ServiceAdmin, acting
from chat.models import Case
from chat.queries.access import within_reach
from chat.queries.cases import CASE_ROOMS
from chat.queries.moderation import kept, surroundings
from chat.services.cases import Measure, decide

State = Case.State
SPANS = [("1", "an hour"), ("24", "a day"), ("168", "a week"), ("", "until it is lifted")]


class AppealForm(forms.Form):
    """What becomes of an appeal."""

    state = forms.ChoiceField(
        label="Decision",
        choices=[(State.AGREED, "Agree: lift it now"), (State.DISAGREED, "Disagree: it stays")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason, for everybody concerned to read",
        max_length=250,
        widget=forms.TextInput({"class": "vTextField"}),
    )

    def measure(self) -> Measure | None:
        """Nothing beside the decision."""
        return None


class ReportForm(AppealForm):
    """What becomes of a reported message, and of its author."""

    sanction = forms.ChoiceField(
        label="And, when you agree",
        choices=[("", "no more than that"), ("mute", "mute the author"), ("ban", "ban the author")],
        required=False,
    )
    everywhere = forms.BooleanField(label="Everywhere, not in this room alone", required=False)
    hours = forms.ChoiceField(label="For how long", choices=SPANS, initial="24", required=False)

    field_order = ("state", "sanction", "everywhere", "hours", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (State.AGREED, "Agree: remove the message"),
            (State.DISAGREED, "Disagree: it stays, or comes back if it was removed"),
            (State.IGNORED, "Ignore: leave it as it is"),
        ]

    def measure(self) -> Measure | None:
        """What is done against the author."""
        given = self.cleaned_data
        if not given["sanction"]:
            return None
        ends_at = timezone.now() + timedelta(hours=int(given["hours"])) if given["hours"] else None
        return Measure(given["sanction"], given["everywhere"], ends_at)


class StateFilter(admin.SimpleListFilter):
    """What waits, unless other is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What was decided, and all."""
        return [(state.value, state.label) for state in State if state != State.OPEN] + [("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Without a choice it is what waits."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "Open"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        """Those of the chosen state."""
        chosen = self.value() or State.OPEN
        return queryset if chosen == "all" else queryset.filter(state=chosen)


@admin.register(Case)
class CaseAdmin(ServiceAdmin):
    """All reports and appeals, the newest first; those of one message are one."""

    list_display = ("about", "words", "told", "opened_at", "state", "decided_by")
    list_display_links = ("about", "words")
    list_select_related = ("message__room", "message__author", "sanction__room", "sanction__person", "decided_by")
    list_filter = (StateFilter,)
    actions = ("agree_selected", "ignore_selected")
    change_form_template = "admin/chat/case.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """What its reader moderates, with what people wrote."""
        return within_reach(acting(request), super().get_queryset(request), *CASE_ROOMS).prefetch_related(
            "reports__author"
        )

    def get_urls(self) -> list[URLPattern]:
        """Also the address to decide at."""
        decision = path("<int:number>/decide/", self.admin_site.admin_view(self.judge), name="chat_case_decide")
        return [decision, *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: Case | None = None) -> Any:
        """What there is to see."""
        decided = ("state", "decided_by", "decided_at", "answer")
        about = ("about", "wrote")
        return (*about, *(("removed", "context") if obj and obj.message else ("held",)), *decided)

    def get_readonly_fields(self, request: HttpRequest, obj: Case | None = None) -> Any:
        """All of it."""
        return self.get_fields(request, obj)

    @admin.display
    def about(self, obj: Case) -> str:
        """A person and where."""
        if obj.message:
            return f"{obj.message.author}, message {obj.message.seq} in {obj.message.room}"
        return f"Appeal: {obj.sanction}"

    @admin.display
    def words(self, obj: Case) -> str:
        """The beginning of what the first of them wrote."""
        return Truncator(next((row.reason for row in obj.reports.all()), "")).chars(80)

    @admin.display(description="people")
    def told(self, obj: Case) -> int:
        """How many wrote."""
        return len(obj.reports.all())

    @admin.display(description="What people wrote")
    def wrote(self, obj: Case) -> SafeString:
        """Each of them."""
        return render_to_string("admin/chat/reports.html", {"reports": obj.reports.all()})

    @admin.display(description="The removed text")
    def removed(self, obj: Case) -> str:
        """While it can be brought back."""
        found = kept(obj.message) if obj.message else None
        return found.body if found else ""

    @admin.display(description="In its place")
    def context(self, obj: Case) -> SafeString:
        """What stands around the message."""
        shown = {"rows": surroundings(obj.message), "shown": obj.message.seq} if obj.message else {}
        return render_to_string("admin/chat/surroundings.html", shown)

    @admin.display(description="What it is against")
    def held(self, obj: Case) -> SafeString:
        """The mute or ban."""
        return render_to_string("admin/chat/held.html", {"sanction": obj.sanction})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What there is to see, and the form to decide."""
        case = self.get_object(request, object_id)
        waits = case is not None and case.state == State.OPEN and self.has_decide_permission(request)
        decision = self._form(case) if case and waits else None
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "decision": decision})

    @admin.action(permissions=["decide"], description="Agree with selected…")
    def agree_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        """Asks, then removes what was reported and lifts what was appealed against."""
        consequence = "Reported messages are removed, and mutes and bans that were appealed against are lifted, now."
        return self._decide_all(request, queryset, State.AGREED, "agree_selected", consequence)

    @admin.action(permissions=["decide"], description="Ignore selected…")
    def ignore_selected(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        """Asks, then takes them out of the queue."""
        return self._decide_all(request, queryset, State.IGNORED, "ignore_selected", "All stays as it is.")

    def _decide_all(
        self, request: HttpRequest, queryset: QuerySet[Case], state: str, action: str, consequence: str
    ) -> HttpResponse | None:
        if self.is_confirmed(request):
            reason = request.POST["reason"]
            self.do(request, queryset, lambda _, case: self._decide(request, case, state, reason), "Decided")
            return None
        note = f"{consequence} Everybody concerned may read the reason."
        return self.ask(request, queryset, action, note, asks_reason=True)

    def judge(self, request: HttpRequest, number: int) -> HttpResponse:
        """Decides, and goes on with the queue; what was refused is told where it was tried."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        case = get_object_or_404(self.get_queryset(request), pk=number)
        form = self._form(case, request.POST)
        if form.is_valid():
            given = form.cleaned_data
            decision = (given["state"], given["reason"], form.measure())
            self.do(request, [case], lambda *_: self._decide(request, case, *decision), "Decided")
        else:
            self.message_user(request, "Choose a decision and give a reason.", messages.ERROR)
        case.refresh_from_db()
        waits = case.state == State.OPEN
        return redirect("admin:chat_case_change", number) if waits else redirect("admin:chat_case_changelist")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: people report and appeal in the chat."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Nobody: what was written stays, and decisions are made by `decide`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Nobody."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who has Django's permission to change."""
        return acting(request).has_perm("chat.change_case")

    def _form(self, case: Case, data: Any = None) -> AppealForm:
        return (ReportForm if case.message_id else AppealForm)(data)

    def _decide(
        self, request: HttpRequest, case: Case, state: str, reason: str, measure: Measure | None = None
    ) -> None:
        decide(actor=acting(request), number=case.pk, state=state, reason=reason, measure=measure)

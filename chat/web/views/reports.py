"""What the reader reported and what became of it, what they are under themselves, and appealing against it."""

from typing import cast

from django.contrib.auth.models import AbstractUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.domain.errors import ChatError, NotFound, RateLimited
from chat.queries import cases as queries
from chat.queries.audit import removals_of, why_put_out
from chat.services import cases as services
from chat.web.forms import AppealForm
from chat.web.pages import blame, page, reader


@never_cache
@require_safe
@page
def reports(request: HttpRequest) -> HttpResponse:
    """The reader's reports, the mutes and bans they may appeal against, and from where they were removed."""
    person = reader(request)
    held = [(each, queries.appeal_key(each.pk)) for each in queries.sanctions_on(person)]
    context = {"reports": queries.reports_of(person), "held": held, "removals": removals_of(person)}
    return render(request, "settings/reports.html", context)


@never_cache
@require_safe
@page
def removed(request: HttpRequest, slug: str) -> JsonResponse:
    """Why a moderator put the reader out of a room last; nothing to who was not, be there such a room or none."""
    return JsonResponse({"reason": why_put_out(reader(request), slug)})


@never_cache
def appeal(request: HttpRequest, key: str) -> HttpResponse:
    """One mute or ban and its appeal, for who holds its key: who is banned everywhere cannot sign in."""
    try:
        sanction = queries.appealed(key)
    except NotFound as error:
        raise Http404 from error
    form = AppealForm(request.POST or None)
    if form.is_bound and form.is_valid():
        person = cast(AbstractUser, sanction.person)
        try:
            services.appeal(actor=person, sanction=sanction, reason=form.cleaned_data["reason"])
            return redirect("web:appeal", key)
        except RateLimited:
            raise
        except ChatError as error:
            blame(form, error)
    context = {"sanction": sanction, "appeal": getattr(sanction, "appeal", None), "form": form}
    return render(request, "chat/appeal.html", context)

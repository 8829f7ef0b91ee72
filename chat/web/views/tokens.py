"""The reader's access tokens: made, shown once, and ended."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chat.domain.errors import ChatError
from chat.services import tokens as services
from chat.services.limits import spend
from chat.web.forms import TokenForm
from chat.web.pages import blame, page, reader


@never_cache
@page
def tokens(request: HttpRequest) -> HttpResponse:
    """The reader's tokens and a form for another, whose text is on the page this once."""
    form = TokenForm(request.POST or None)
    made = _make(request, form) if form.is_bound and form.is_valid() else ""
    context = {"form": TokenForm() if made else form, "made": made, "tokens": services.tokens_of(reader(request))}
    return render(request, "settings/tokens.html", context)


@require_POST
@page
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ends one of the reader's tokens."""
    services.revoke_token(actor=reader(request), token_id=token_id)
    return redirect("web:tokens")


def _make(request: HttpRequest, form: TokenForm) -> str:
    person = reader(request)
    spend("TOKENS_PER_PERSON", person.pk)
    days = form.cleaned_data.pop("days")
    expires_at = timezone.now() + timedelta(days=int(days)) if days else None
    try:
        return services.create_token(actor=person, person=person, expires_at=expires_at, **form.cleaned_data)[1]
    except ChatError as error:
        blame(form, error)
        return ""

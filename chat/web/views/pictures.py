"""Pictures of people, for who is signed in."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.domain.errors import NotFound
from chat.services import pictures


@require_safe
@login_required
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture by its name, which is that of its content: it may be kept for ever."""
    try:
        answer = HttpResponse(pictures.picture(name=name), content_type="image/webp")
    except NotFound as error:
        raise Http404 from error
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

"""What the admin's first page begins with."""

from typing import Any

from django import template

from chat.queries.access import moderates_site
from chat.queries.audit import newest
from chat.queries.cases import held, waiting

register = template.Library()
MOST = 10


@register.inclusion_tag("admin/chat/overview.html", takes_context=True)
def overview(context: template.Context) -> dict[str, Any]:
    """What waits for moderators and what was done last, as far as who looks may see it; each by an index."""
    person = context["user"]
    shown: dict[str, Any] = {}
    if moderates_site(person) and person.has_perm("chat.view_case"):
        found = waiting(MOST + 1)
        shown |= {"cases": found[:MOST], "more": len(found) > MOST}
    if moderates_site(person) and person.has_perm("chat.view_heldmessage"):
        shown["held"] = held(MOST)
    if person.has_perm("chat.view_auditentry"):
        shown["acts"] = newest(MOST)
    return shown

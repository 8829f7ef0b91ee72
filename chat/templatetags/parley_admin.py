"""What the admin's first page begins with, and a person's page ends with."""

from typing import Any

from django import template
from django.contrib.auth.models import AbstractUser

from chat.queries import moderation
from chat.queries.audit import newest
from chat.queries.cases import held, waiting

register = template.Library()
MOST = 10


@register.inclusion_tag("admin/chat/overview.html", takes_context=True)
def overview(context: template.Context) -> dict[str, Any]:
    """What waits for moderators and what was done last, as far as who looks may see it; each by an index."""
    person = context["user"]
    shown: dict[str, Any] = {}
    if person.has_perm("chat.view_case"):
        found = waiting(person, MOST + 1)
        shown |= {"cases": found[:MOST], "more": len(found) > MOST}
    if person.has_perm("chat.view_heldmessage"):
        shown["held"] = held(person, MOST)
    if person.has_perm("chat.view_auditentry"):
        shown["acts"] = newest(MOST)
    return shown


@register.inclusion_tag("admin/chat/known.html", takes_context=True)
def known(context: template.Context, person: AbstractUser) -> dict[str, Any]:
    """What there is to know of somebody, the newest of each, as far as who looks may see it."""
    shown = {
        name: read(person, MOST)
        for name, permission, read in (
            ("sanctions", "chat.view_sanction", moderation.sanctions_of),
            ("messages_of", "chat.view_message", moderation.messages_of),
            ("memberships", "chat.view_membership", moderation.memberships_of),
            ("acts", "chat.view_auditentry", moderation.acts_on),
            ("sessions", "auth.change_user", moderation.sessions_of),
        )
        if context["user"].has_perm(permission)
    }
    return {"person": person, **shown}

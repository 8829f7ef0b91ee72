"""The Django admin: where moderators act. Every write here is a use case, so every open page sees it at once."""

from chat.admin import (
    audit,
    case,
    event,
    group,
    held_message,
    installation,
    invite,
    membership,
    message,
    person,
    room,
    sanction,
    token,
    word_rule,
)

__all__ = [
    "audit",
    "case",
    "event",
    "group",
    "held_message",
    "installation",
    "invite",
    "membership",
    "message",
    "person",
    "room",
    "sanction",
    "token",
    "word_rule",
]

"""The Django admin: where moderators act. Every write here is a use case, so every open page sees it at once."""

from chat.admin import event, membership, message, person, room, token

__all__ = ["event", "membership", "message", "person", "room", "token"]

"""The Django admin: where moderators act. Every write here is a use case, so every open page sees it at once."""

from chat.admin import audit, event, installation, invite, membership, message, person, room, sanction, token

__all__ = ["audit", "event", "installation", "invite", "membership", "message", "person", "room", "sanction", "token"]

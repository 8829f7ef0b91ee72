"""The rows: one noun per file, constraints in the database.

A foreign key that leads a unique constraint has no index of its own: the constraint's serves it.
"""

from chat.models.audit import AuditEntry
from chat.models.case import Case, Report
from chat.models.event import Event
from chat.models.held_message import HeldMessage
from chat.models.installation import Installation, Revocation
from chat.models.invite import Invite
from chat.models.membership import Membership
from chat.models.message import Mention, Message
from chat.models.profile import Profile
from chat.models.quarantine import Quarantine
from chat.models.reaction import Reaction
from chat.models.read_mark import ReadMark
from chat.models.room import Room
from chat.models.sanction import Sanction
from chat.models.ticket import Ticket
from chat.models.token import ApiToken
from chat.models.user_session import UserSession
from chat.models.word_rule import WordRule

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Case",
    "Event",
    "HeldMessage",
    "Installation",
    "Invite",
    "Membership",
    "Mention",
    "Message",
    "Profile",
    "Quarantine",
    "Reaction",
    "ReadMark",
    "Report",
    "Revocation",
    "Room",
    "Sanction",
    "Ticket",
    "UserSession",
    "WordRule",
]

"""A client of Parley: follows rooms and writes in them, and neither loses nor doubles anything.

The states it goes through are in docs/client-states.md, and what it says on the wire in docs/protocol.md.
"""

from parley_client.client import Client
from parley_client.errors import Closed, ParleyError, Refused, Unreachable
from parley_client.feed import FollowedAnew
from parley_client.shapes import (
    START,
    Cursor,
    Event,
    MemberEvent,
    Message,
    MessageEvent,
    PinEvent,
    ReactionEvent,
    RoomEvent,
    Snapshot,
)
from parley_client.states import State
from parley_client.store import MessageStore

__all__ = [
    "START",
    "Client",
    "Closed",
    "Cursor",
    "Event",
    "FollowedAnew",
    "MemberEvent",
    "Message",
    "MessageEvent",
    "MessageStore",
    "ParleyError",
    "PinEvent",
    "ReactionEvent",
    "Refused",
    "RoomEvent",
    "Snapshot",
    "State",
    "Unreachable",
]

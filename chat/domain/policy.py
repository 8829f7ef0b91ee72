"""Who may do what: one function, one answer with a reason.

Every door and every service asks `refusal`; nothing else decides. The facts are plain values, read under the locks of
the write they are for.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from chat.domain.errors import Blocked, ChatError, Conflict, Forbidden, Locked, NotFound, SlowMode, Unauthenticated
from chat.domain.sanctions import Sentence, banned, muted
from chat.domain.shapes import RoleName, RoomKind


class Act(StrEnum):
    """What somebody wants to do with a room or something in it."""

    READ = "read"
    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"
    RESTORE = "restore"
    REACT = "react"
    PIN = "pin"
    JOIN = "join"
    LEAVE = "leave"
    ADD_MEMBER = "add member"
    CHANGE_MEMBER = "change member"
    REMOVE_MEMBER = "remove member"
    CHANGE_ROOM = "change room"
    ARCHIVE = "archive"
    SANCTION = "sanction"
    REVIEW = "review"
    INVITE = "invite"
    REPORT = "report"


class Standing(NamedTuple):
    """The person: whether the account is active, their role in the room, and what they may do in every room.

    Who moderates the site removes messages and names and archives rooms; who manages members decides who is in them.
    For a guest of the house only those rooms exist that somebody has brought them into. Who `sanctions_all` mutes and
    bans in every room. `mute` and `ban` are what they are under themselves; `silent_ms` tells how long ago they wrote
    here, and `newcomer_ms` how long theirs is still a new account.
    """

    active: bool
    moderates_site: bool
    role: RoleName | None
    manages_members: bool = False
    guest: bool = False
    sanctions_all: bool = False
    mute: Sentence | None = None
    ban: Sentence | None = None
    silent_ms: int | None = None
    newcomer_ms: int = 0


class RoomFacts(NamedTuple):
    """The room, as far as rights depend on it."""

    kind: RoomKind
    archived: bool
    announcements: bool = False
    slow_seconds: int = 0


class Said(NamedTuple):
    """What is to be written: what the rules about words make of it, whether it links, and whether it calls a crowd."""

    refused: bool = False
    held: bool = False
    links: bool = False
    calls_many: bool = False


class Target(NamedTuple):
    """What the act is on: the person's own message, or themselves; for members, the role it is about; the text `said`.

    `administrator`: it is somebody who may do everything. `banned`: it is somebody who is banned from the room.
    """

    own: bool = False
    role: RoleName | None = None
    administrator: bool = False
    banned: bool = False
    said: Said = Said()


SITE_ACTS = frozenset({Act.DELETE, Act.RESTORE, Act.ARCHIVE, Act.CHANGE_ROOM, Act.REVIEW})
MEMBER_ACTS = frozenset({Act.ADD_MEMBER, Act.CHANGE_MEMBER, Act.REMOVE_MEMBER, Act.INVITE})
WRITES = frozenset({Act.SEND, Act.EDIT, Act.REACT, Act.PIN, Act.JOIN, Act.ADD_MEMBER, Act.CHANGE_MEMBER, Act.INVITE})
SPEAKING = frozenset({*WRITES, Act.RESTORE, Act.CHANGE_ROOM, Act.ARCHIVE})
"""What nobody does who is muted; they read, leave, and take away what they wrote."""
NO_REVIEW = "A rule holds such text for review, for which an edit cannot wait. Send it as a message of its own."
RANK: dict[RoleName | None, int] = {None: 0, "guest": 1, "member": 2, "moderator": 3, "owner": 4}


def sees(person: Standing, room: RoomFacts) -> bool:
    """Whether the room exists for this person."""
    return person.active and ((room.kind == "open" and not person.guest) or person.role is not None)


def reaches(rooms: Collection[str], room: str) -> bool:
    """Whether a credential for certain `rooms` (for none: for all) is good in this one; elsewhere there is no room."""
    return not rooms or room in rooms


def refusal(act: Act, person: Standing, room: RoomFacts, target: Target | None = None) -> ChatError | None:
    """Why `person` may not do `act` in `room`, or None if they may. A room that is not seen is not found."""
    target = target or Target()
    if gone := _gone(person):
        return gone
    moderates = person.moderates_site and act in SITE_ACTS
    manages = _manages(act, person)
    if not (moderates or manages or sees(person, room)):
        return NotFound()
    if held := _held(act, person):
        return held
    if moderates:
        return None
    if room.archived and act in WRITES:
        return Locked("This room is archived.")
    if not manages or room.kind == "direct":
        refused = _by_role(act, person, room, target)
    else:
        refused = _out_of_reach(act, target)
    if refused is None and act in (Act.ADD_MEMBER, Act.INVITE) and target.banned:
        return Conflict("This person is banned here. Lift the ban first.")
    return refused


def refusal_everywhere(person: Standing, target: Target) -> ChatError | None:
    """Why `person` may not mute or ban somebody in all rooms at once, or None if they may."""
    if gone := _gone(person):
        return gone
    return _out_of_reach(Act.SANCTION, target) if person.sanctions_all else Forbidden()


def refusal_to_rule(person: Standing) -> ChatError | None:
    """Why `person` may not set rules about words for all rooms at once, or None if they may."""
    if gone := _gone(person):
        return gone
    return None if person.moderates_site else Forbidden()


def spared(person: Standing, role: RoleName | None) -> bool:
    """Whether a rule that spares those from this role on spares `person`; one without a role spares nobody."""
    if role is None:
        return False
    return _at_least(person, role) or (person.moderates_site and RANK[role] <= RANK["moderator"])


def refusal_to_create(person: Standing, kind: RoomKind) -> ChatError | None:
    """Why `person` may not make a room of this kind, or None if they may."""
    if gone := _gone(person):
        return gone
    if person.mute:
        return muted(person.mute)
    return Forbidden("Guests make no rooms.") if person.guest and kind != "direct" else None


def _gone(person: Standing) -> ChatError | None:
    """Why they may nothing anywhere."""
    if not person.active:
        return Unauthenticated("This account is not active.")
    return banned(person.ban) if person.ban and person.ban.everywhere else None


def _held(act: Act, person: Standing) -> ChatError | None:
    """Why they may not do this though they see the room and it may be their office."""
    if person.ban:
        return banned(person.ban)
    return muted(person.mute) if person.mute and act in SPEAKING else None


def _manages(act: Act, person: Standing) -> bool:
    return (person.manages_members and act in MEMBER_ACTS) or (person.sanctions_all and act is Act.SANCTION)


def _out_of_reach(act: Act, target: Target) -> ChatError | None:
    if act is Act.SANCTION and (target.own or target.administrator):
        return Forbidden("Nobody mutes or bans themselves or an administrator.")
    return None


def _by_role(act: Act, person: Standing, room: RoomFacts, target: Target) -> ChatError | None:
    match act:
        case Act.SEND | Act.EDIT if room.announcements and not _at_least(person, "moderator"):
            return Forbidden("Only moderators write here; you may react.")
        case Act.SEND:
            return _too_soon(person, room) or _unfit(person, target.said)
        case Act.READ | Act.REACT | Act.JOIN | Act.REPORT:
            own = act is Act.REPORT and target.own
            return Forbidden("Nobody reports their own message.") if own else None
        case Act.EDIT:
            if not target.own:
                return Forbidden("Only its author may edit a message.")
            return Blocked(NO_REVIEW) if target.said.held else _unfit(person, target.said)
        case Act.DELETE:
            may = target.own or _at_least(person, "moderator")
            return None if may else Forbidden("Only its author or a moderator may delete a message.")
        case Act.RESTORE:
            return None if _at_least(person, "moderator") else Forbidden("Only moderators bring messages back.")
        case Act.REVIEW:
            return None if _at_least(person, "moderator") else Forbidden("Only moderators review messages.")
        case Act.PIN:
            may = room.kind == "direct" or _at_least(person, "moderator")
            return None if may else Forbidden("Only moderators pin messages here.")
        case _:
            return _about_members(act, person, room, target)


def _too_soon(person: Standing, room: RoomFacts) -> ChatError | None:
    """Slow mode, from which moderators are exempt."""
    if person.silent_ms is None or spared(person, "moderator"):
        return None
    pace = room.slow_seconds * 1000
    # Longer ahead than the pace: the clock was set back since, and nobody is held until it has caught up.
    left = pace - max(person.silent_ms, 0) if person.silent_ms > -pace else 0
    told = f"This room is in slow mode: one message every {room.slow_seconds} s."
    return SlowMode(told, retry_after_ms=left) if left > 0 else None


def _unfit(person: Standing, said: Said) -> ChatError | None:
    """What the rules refuse, and what new accounts do not write unless they moderate."""
    if said.refused:
        return Blocked()
    if not person.newcomer_ms or spared(person, "moderator"):
        return None
    if said.links:
        return Blocked("New accounts post no links yet.", retry_after_ms=person.newcomer_ms)
    if said.calls_many:
        return Blocked("New accounts call fewer people at once.", retry_after_ms=person.newcomer_ms)
    return None


def _about_members(act: Act, person: Standing, room: RoomFacts, target: Target) -> ChatError | None:
    if room.kind == "direct":
        return Forbidden("A direct room keeps its people.")
    match act:
        case Act.LEAVE:
            return NotFound("You are not a member.") if person.role is None else None
        case Act.CHANGE_ROOM | Act.ARCHIVE:
            return None if _at_least(person, "owner") else Forbidden("Only its owners may change a room.")
        case Act.INVITE:
            may = _at_least(person, "moderator")
        case Act.ADD_MEMBER:
            needed: RoleName = "member" if room.kind == "open" else "moderator"
            may = _at_least(person, needed) and RANK[target.role] <= RANK[person.role]
        case Act.SANCTION:
            may = _at_least(person, "moderator") and RANK[target.role] < RANK[person.role]
            if may:
                return _out_of_reach(act, target)
        case _:
            may = _at_least(person, "moderator") and (person.role == "owner" or RANK[target.role] < RANK[person.role])
    return None if may else Forbidden("Your role here does not allow this.")


def _at_least(person: Standing, role: RoleName) -> bool:
    return RANK[person.role] >= RANK[role]

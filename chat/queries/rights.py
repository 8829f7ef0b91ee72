"""What somebody may do in a room right now, and why not: the policy asked with the facts as they are.

For what a page says; a write asks again under its locks.
"""

from typing import NamedTuple

from django.utils import timezone

from chat import models
from chat.domain.errors import ChatError
from chat.domain.limits import milliseconds
from chat.domain.policy import Act, Standing, Target, refusal
from chat.queries.access import Access, Viewer, access, facts
from chat.queries.words import Rules, said

MEMBER = Target(role="member")
ACTS: tuple[tuple[str, Act, Target], ...] = (
    ("read", Act.READ, Target()),
    ("write a message", Act.SEND, Target()),
    ("edit a message of their own", Act.EDIT, Target(own=True)),
    ("edit another's message", Act.EDIT, Target()),
    ("delete a message of their own", Act.DELETE, Target(own=True)),
    ("delete another's message", Act.DELETE, Target()),
    ("bring a removed message back", Act.RESTORE, Target()),
    ("report another's message", Act.REPORT, Target()),
    ("react", Act.REACT, Target()),
    ("pin a message", Act.PIN, Target()),
    ("join", Act.JOIN, Target()),
    ("leave", Act.LEAVE, Target()),
    ("bring a member in", Act.ADD_MEMBER, MEMBER),
    ("make invite links", Act.INVITE, Target()),
    ("give a member another role", Act.CHANGE_MEMBER, MEMBER),
    ("remove a member", Act.REMOVE_MEMBER, MEMBER),
    ("mute or ban a member", Act.SANCTION, MEMBER),
    ("decide on held messages", Act.REVIEW, Target()),
    ("change the room", Act.CHANGE_ROOM, Target()),
    ("archive the room", Act.ARCHIVE, Target()),
)
"""Everything one can want in a room, in words."""


class Rights(NamedTuple):
    """What somebody may do in a room, slow mode or not; and what a message of theirs would be answered now."""

    acts: frozenset[Act]
    to_write: ChatError | None


def rights_of(viewer: Viewer, slug: str) -> Rights:
    """The viewer's rights in this room. Raises NotFound for no such room."""
    found = access(viewer, slug)
    acts = frozenset(act for act in Act if refusal(act, found.standing, facts(found.room)) is None)
    return Rights(acts, refusal(Act.SEND, _paced(found, viewer), facts(found.room)))


def explained(viewer: Viewer, slug: str, *, text: str = "") -> list[tuple[str, str]]:
    """Each of ACTS with why the viewer may not do it, empty where they may; what they write would be `text`.

    Raises NotFound for no such room.
    """
    found = access(viewer, slug)
    person = _paced(found, viewer)
    verdict = Rules([found.room.pk]).verdict(found.room.pk, person, text)
    words = said(verdict, person)
    answers = [
        (name, refusal(act, person, facts(found.room), target._replace(said=words))) for name, act, target in ACTS
    ]
    rows = [(name, f"{refused.code}: {refused.message}" if refused else "") for name, refused in answers]
    return [*rows, ("have this text shown at once", "held: a moderator decides first.")] if verdict.held else rows


def _paced(found: Access, viewer: Viewer) -> Standing:
    """Their standing with how long ago they wrote, where that counts."""
    if not found.room.slow_seconds:
        return found.standing
    marks = models.ReadMark.objects.filter(room=found.room, user=viewer.pk)
    wrote_at = marks.values_list("wrote_at", flat=True).first()
    return found.standing._replace(silent_ms=milliseconds(wrote_at, timezone.now()))

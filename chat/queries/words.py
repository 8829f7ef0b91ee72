"""The word rules in force, and what they make of a text."""

from collections.abc import Collection
from typing import cast

from django.db.models import BigIntegerField, Q

from chat.conf import conf
from chat.domain.policy import Said, Standing, spared
from chat.domain.shapes import RoleName
from chat.domain.text import has_link, mentioned
from chat.domain.words import Action, Rule, Verdict, judge
from chat.models import WordRule
from chat.statements.built import GivenMany, Statement

IN_FORCE = Statement(
    lambda: (
        WordRule.objects.filter(Q(room=None) | Q(room__in=GivenMany("rooms", BigIntegerField())))
        .order_by("pk")
        .values_list("room_id", "pattern", "kind", "action", "spares")
    )
)


class Rules:
    """The rules of some rooms, read when this is made; their compiled patterns are kept by the process."""

    def __init__(self, rooms: Collection[int]) -> None:
        self._rows = IN_FORCE.rows(rooms=rooms)

    def verdict(self, room: int, person: Standing, body: str) -> Verdict:
        """What becomes of a text that this person wants to write there."""
        rules = [
            Rule(pattern, kind == WordRule.Kind.REGEX, cast(Action, action), cast(RoleName | None, spares or None))
            for place, pattern, kind, action, spares in self._rows
            if place in (None, room)
        ]
        return judge([rule for rule in rules if not spared(person, rule.spares)], body)


def said(verdict: Verdict, person: Standing) -> Said:
    """What the policy needs to know of a text."""
    body = verdict.body
    if not person.newcomer_ms:
        return Said(verdict.refused, verdict.held)
    crowd = len(mentioned(body)) > conf().NEWCOMER_MENTIONS
    return Said(verdict.refused, verdict.held, links=has_link(body), calls_many=crowd)

"""Making, changing and ending word rules."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AbstractUser

from chat import models
from chat.domain import policy
from chat.domain.errors import Invalid, NotFound, Unauthenticated
from chat.domain.text import clean_line
from chat.domain.words import LONGEST_PATTERN, compiled
from chat.queries.access import standing
from chat.queries.sanctions import sentenced_here
from chat.services._audit import Act, record_act
from chat.services._record import lock_people, require, room_log, write_transaction


def save_rule(
    *,
    actor: AbstractUser,
    pattern: str,
    action: str,
    kind: str = "words",
    spares: str = "moderator",
    room: models.Room | None = None,
    rule_id: int | None = None,
) -> models.WordRule:
    """Makes a rule, or gives the rule `rule_id` another pattern or action; its room stays.

    One of a room holds for whatever is written there from then on; one for all rooms for what is sent from then on.
    Raises Invalid, NotFound, Forbidden.
    """
    values = _values(pattern, action, kind, spares)
    if rule_id is None:
        with _scope(actor, room):
            rule = models.WordRule.objects.create(room=room, **values)
            _note(Act.RULE_SAVED, rule, actor)
        return rule
    rule = _find(rule_id)
    with _scope(actor, rule.room):
        models.WordRule.objects.filter(pk=rule_id).update(**values)
        rule = _find(rule_id)
        _note(Act.RULE_SAVED, rule, actor)
    return rule


def end_rule(*, actor: AbstractUser, rule_id: int) -> None:
    """Takes a rule away. What it holds back waits for its review all the same. Raises NotFound, Forbidden."""
    rule = _find(rule_id)
    with _scope(actor, rule.room):
        models.WordRule.objects.filter(pk=rule_id).delete()
        _note(Act.RULE_ENDED, rule, actor)


def _note(act: Act, rule: models.WordRule, actor: AbstractUser) -> None:
    details = {
        "rule": rule.pk,
        "pattern": rule.pattern,
        "kind": rule.kind,
        "action": rule.action,
        "spares": rule.spares,
    }
    record_act(act, actor=actor, room=rule.room, details=details)


def _find(rule_id: int) -> models.WordRule:
    rule = models.WordRule.objects.select_related("room").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no such rule.")
    return rule


def _values(pattern: str, action: str, kind: str, spares: str) -> dict[str, str]:
    if kind not in models.WordRule.Kind.values or action not in models.WordRule.Action.values:
        raise Invalid(fields={"action": "One of block, hold, mask and allow."})
    if spares not in ("", "owner", "moderator"):
        raise Invalid(fields={"spares": "Nobody, owners or moderators."})
    text = clean_line(pattern, name="pattern", longest=LONGEST_PATTERN)
    compiled(text, is_regex=kind == models.WordRule.Kind.REGEX)
    return {"pattern": text, "action": action, "kind": kind, "spares": spares}


@contextmanager
def _scope(actor: AbstractUser, room: models.Room | None) -> Iterator[None]:
    """The transaction, for who may set rules in the room or, without one, everywhere."""
    if room is not None:
        with room_log(room.slug) as log:
            require(policy.Act.CHANGE_ROOM, log.room, actor)
            yield
        return
    with write_transaction():
        people = lock_people([actor.pk])
        if actor.pk not in people:
            raise Unauthenticated()
        user = people[actor.pk].user
        found = standing(user, None, guest=people[actor.pk].guest, sentenced=sentenced_here(user.pk))
        if refused := policy.refusal_to_rule(found):
            raise refused
        yield

"""Reports of messages and appeals against mutes and bans: brought before the moderators, and decided once."""

from datetime import datetime
from typing import NamedTuple, cast

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from chat import bus, models
from chat.domain import news
from chat.domain.errors import Conflict, Invalid, NotFound
from chat.domain.policy import Act
from chat.domain.text import clean_line
from chat.queries.moderation import kept
from chat.queries.sanctions import in_force
from chat.services._audit import Act as Audited
from chat.services._audit import record_act
from chat.services._record import RoomLog, lock_people, require, room_log, write_transaction
from chat.services._removal import remove, restore
from chat.services.limits import spend
from chat.services.messages import find, require_text
from chat.services.sanctions import draft_sanction, impose_within, lift_within, require_right, scope

State = models.Case.State
LONGEST_REPORT = 250
LONGEST_APPEAL = 1000


class Measure(NamedTuple):
    """What is done against the author of a removed message beside removing it: a mute or ban, in its room or not."""

    kind: str
    everywhere: bool = False
    ends_at: datetime | None = None


def report_message(*, actor: AbstractUser, room: str, seq: int, reason: str) -> models.Report:
    """Brings another's message before the moderators. While one's report of it is open, that one stands.

    Raises NotFound, Forbidden for one's own message, Conflict for a deleted one, Invalid, RateLimited.
    """
    reason = clean_line(reason, name="reason", longest=LONGEST_REPORT)
    spend("REPORTS_PER_PERSON", actor.pk)
    with room_log(room) as log:
        message = find(log, actor, seq, Act.REPORT)
        require_text(message)
        case, _ = models.Case.objects.get_or_create(message=message, state=State.OPEN, defaults={"opened_at": log.now})
        told = {"reason": reason, "at": log.now}
        report, _ = models.Report.objects.get_or_create(case=case, author_id=actor.pk, defaults=told)
    return report


def appeal(*, actor: AbstractUser, sanction: models.Sanction, reason: str) -> models.Report:
    """Asks the moderators to lift a mute or ban that the actor is under; once for each.

    Raises NotFound for another's, Conflict for one that is over or was appealed against, Invalid, RateLimited.
    """
    reason = clean_line(reason, name="reason", longest=LONGEST_APPEAL)
    spend("REPORTS_PER_PERSON", actor.pk)
    if sanction.person_id != actor.pk:
        raise NotFound()
    with write_transaction():
        lock_people([actor.pk])
        if not in_force().filter(pk=sanction.pk).exists():
            raise Conflict("This is over already.")
        if models.Case.objects.filter(sanction=sanction).exists():
            raise Conflict("You have appealed already.")
        now = timezone.now()
        case = models.Case.objects.create(sanction=sanction, opened_at=now)
        return models.Report.objects.create(case=case, author_id=actor.pk, reason=reason, at=now)


def decide(*, actor: AbstractUser, number: int, state: str, reason: str, measure: Measure | None = None) -> models.Case:
    """Decides on a case, with all that follows from it or nothing.

    To agree with a report removes the message and takes the `measure`, to disagree brings back what was removed as
    long as that is possible; to agree with an appeal lifts the sanction. Everybody concerned may read `reason`.
    Raises NotFound, Forbidden, Invalid, Conflict for what is decided already.
    """
    reason = clean_line(reason, name="reason", longest=250)
    if state not in State.values or state == State.OPEN:
        raise Invalid(fields={"state": "agreed, disagreed or ignored."})
    case = _found(number)
    place = case.message or cast(models.Sanction, case.sanction)
    with scope(place.room.slug if place.room else None) as log:
        if case.message:
            _judge_report(cast(RoomLog, log), case, actor, state, reason, measure)
        else:
            _judge_appeal(log, case, actor, state, reason)
        case.state, case.answer = state, reason
        case.decided_by_id, case.decided_at = actor.pk, timezone.now()
        case.save()
        authors = models.Report.objects.filter(case=case).values_list("author", flat=True)
        bus.announce([news.PersonNews(author, "reports") for author in authors])
        _note(case, actor)
    return case


def _found(number: int) -> models.Case:
    rows = models.Case.objects.select_related("message__room", "sanction__room", "sanction__person")
    case = rows.filter(pk=number).first()
    if case is None:
        raise NotFound()
    return case


def _require_open(case: models.Case) -> None:
    """Under the lock of the row: raises Conflict for what another moderator has decided meanwhile."""
    now = models.Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if now.state != State.OPEN:
        raise Conflict(f"{cast(AbstractUser, now.decided_by).get_username()} has decided this already: {now.state}.")


def _judge_report(
    log: RoomLog, case: models.Case, actor: AbstractUser, state: str, reason: str, measure: Measure | None
) -> None:
    message = models.Message.objects.select_related("author").get(pk=cast(int, case.message_id))
    author = cast(AbstractUser, message.author)
    require(Act.DELETE, log.room, actor, subject=author.pk)
    _require_open(case)
    if state == State.AGREED:
        if message.deleted_at is None:
            remove(log, message, actor=actor, reason=reason)
        if measure is not None:
            draft = draft_sanction(actor, author, measure.kind, reason, measure.ends_at)
            impose_within(None if measure.everywhere else log, draft, actor=actor, person=author)
    elif state == State.DISAGREED and kept(message) is not None:
        require(Act.RESTORE, log.room, actor)
        restore(log, message, actor=actor, reason=reason)


def _judge_appeal(log: RoomLog | None, case: models.Case, actor: AbstractUser, state: str, reason: str) -> None:
    sanction = cast(models.Sanction, case.sanction)
    require_right(log, actor, cast(AbstractUser, sanction.person))
    _require_open(case)
    if state == State.AGREED:
        lift_within(sanction, actor=actor, reason=reason)


def _note(case: models.Case, actor: AbstractUser) -> None:
    about = case.message or cast(models.Sanction, case.sanction)
    record_act(
        Audited.REPORT_DECIDED if case.message else Audited.APPEAL_DECIDED,
        actor=actor,
        room=about.room,
        person=case.message.author_id if case.message else about.person_id,  # type: ignore[union-attr]
        message=case.message.seq if case.message else None,
        reason=case.answer,
        details={"case": case.pk, "state": case.state},
    )

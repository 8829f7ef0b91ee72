"""What rooms keep, and what they let go of for good."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, QuerySet

from chat import models
from chat.domain.errors import NotFound
from chat.domain.text import findable
from chat.services._record import room_log

CHUNK = 500


class Trimmed(NamedTuple):
    """How much a room lets go of, and where its log begins then."""

    events: int
    messages: int
    oldest: int


def trim_room(*, room: str, before: datetime, dry_run: bool = False) -> Trimmed:
    """Deletes what happened in a room before a time, and the messages that nothing has changed since.

    Everybody who follows the room is told to begin anew behind it. Committed in chunks, the oldest first; done again
    it takes up what was left. Raises NotFound.
    """
    found = models.Room.objects.filter(slug=findable(room)).first()
    if found is None:
        raise NotFound()
    last = models.Event.objects.filter(room=found, at__lt=before).aggregate(last=Max("seq"))["last"] or 0
    trimmed = Trimmed(max(last + 1 - found.oldest, 0), _messages(found, last).count(), max(last + 1, found.oldest))
    if not dry_run:
        for after in range(found.oldest - 1, last, CHUNK):
            _trim(room, min(after + CHUNK, last))
    return trimmed


def _trim(room: str, upto: int) -> None:
    with room_log(room) as log:
        row = log.room
        row.oldest = max(row.oldest, upto + 1)
        row.save(update_fields=["oldest"])
        models.Event.objects.filter(room=row, seq__lte=upto).delete()
        gone = _messages(row, upto)
        keys = list(gone.values_list("pk", flat=True))
        models.Mention.objects.filter(room=row, seq__in=gone.values("seq")).delete()
        for about in (models.Reaction, models.Quarantine, models.Case):
            about._default_manager.filter(message__in=keys).delete()
        models.Message.objects.filter(pk__in=keys).delete()


def _messages(room: models.Room, upto: int) -> QuerySet[models.Message]:
    return models.Message.objects.filter(room=room, version__lte=upto)

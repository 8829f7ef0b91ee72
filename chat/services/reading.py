"""Read marks."""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractUser
from django.db import connection

from chat import bus, models
from chat.domain import news
from chat.domain.cursors import check_seq
from chat.queries.access import readable
from chat.services._record import write_transaction

Marks = Mapping[tuple[int, str], int]
"""The newest seq read, by user id and room slug."""

FORWARD = """
    INSERT INTO chat_readmark (user_id, room_id, seq, rank) VALUES {rows}
    ON CONFLICT (user_id, room_id) DO UPDATE SET seq = excluded.seq, rank = excluded.rank
    WHERE chat_readmark.seq < excluded.seq
"""


def mark_read(*, actor: AbstractUser, room: str, seq: int, back: bool = False) -> None:
    """Moves the actor's read mark to `seq`, at most to the head: forward only, unless `back` says otherwise.

    The actor's own devices are told of a move. Raises NotFound for a room the actor may not read, Invalid for no seq.
    """
    found = readable(actor, room)
    seq = min(check_seq(seq, "seq"), found.position.head)
    with write_transaction():
        if back:
            models.ReadMark.objects.update_or_create(
                room=found.room, user_id=actor.pk, defaults={"seq": seq, "rank": _rank(found.room.pk, seq)}
            )
        elif not _forward([(actor.pk, found.room.pk, seq)]):
            return
        bus.announce([news.PersonNews(actor.pk, "read", room, seq)])


def move_marks(*, marks: Marks) -> None:
    """Moves many people's marks forward in one statement; the rights to read were asked when each mark came in."""
    rooms = models.Room.objects.filter(slug__in={slug for _, slug in marks})
    known = {slug: (pk, head) for slug, pk, head in rooms.values_list("slug", "pk", "head")}
    rows = [(user, known[slug][0], min(seq, known[slug][1])) for (user, slug), seq in marks.items() if slug in known]
    if rows:
        with write_transaction():
            _forward(rows)


def _forward(rows: list[tuple[int, int, int]]) -> int:
    """How many of these marks (user, room, seq) moved; in one order, in which batches of sends move theirs too."""
    ranks = {(room, seq): _rank(room, seq) for _, room, seq in set(rows)}
    values = [(user, room, seq, ranks[room, seq]) for user, room, seq in sorted(rows)]
    statement = FORWARD.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(values)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [column for row in values for column in row])
        moved: int = cursor.rowcount
    return moved


def _rank(room_id: int, seq: int) -> int:
    """How many messages of the room are at or before `seq`."""
    messages = models.Message.objects.filter(room=room_id, seq__lte=seq).order_by("-seq")
    return messages.values_list("rank", flat=True).first() or 0

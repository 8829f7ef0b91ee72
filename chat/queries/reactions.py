"""The viewer's own reactions; what all reacted is part of a message."""

from msgspec import Struct

from chat import models
from chat.domain.cursors import check_seq
from chat.queries.access import Viewer, readable


class OwnReactions(Struct, frozen=True):
    """The emoji with which the viewer reacted to the message `seq`, in the order in which they chose them."""

    seq: int
    emoji: list[str]


def mine(
    viewer: Viewer, slug: str, *, after: int = 0, before: int | None = None, limit: int = 100
) -> list[OwnReactions]:
    """The viewer's reactions in a room by message, the newest first; both bounds are exclusive.

    Raises NotFound for a room the viewer may not see, Invalid for impossible bounds.
    """
    check_seq(after, "after")
    check_seq(before or 0, "before")
    room = readable(viewer, slug).room
    rows = models.Reaction.objects.filter(user=viewer.pk, message__room=room, message__seq__gt=after)
    if before is not None:
        rows = rows.filter(message__seq__lt=before)
    seqs = list(rows.order_by("-message__seq").values_list("message__seq", flat=True).distinct()[:limit])
    found: dict[int, list[str]] = {seq: [] for seq in seqs}
    for seq, emoji in rows.filter(message__seq__in=seqs).order_by("pk").values_list("message__seq", "emoji"):
        found[seq].append(emoji)
    return [OwnReactions(seq, emoji) for seq, emoji in found.items()]

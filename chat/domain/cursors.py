"""Where a reader stands in a room's log, and what may be asked from there."""

from typing import Literal, NamedTuple

from chat.domain.errors import Invalid

MAX_SEQ = 2**53 - 1
"""The largest number a browser keeps exact; a larger cursor is a mistake."""


class Position(NamedTuple):
    """The server's side of a room's log: its epoch, the oldest event it still has, and the newest."""

    epoch: str
    oldest: int
    head: int


def check_seq(value: int, name: str) -> int:
    """`value` if it can be a seq. Raises Invalid otherwise."""
    if not 0 <= value <= MAX_SEQ:
        raise Invalid(fields={name: f"A number from 0 to {MAX_SEQ}."})
    return value


def check_cursor(*, after: int, epoch: str | None) -> None:
    """Raises Invalid for what can be no cursor, and for one above 0 that does not say its epoch."""
    check_seq(after, "after")
    if epoch is None and after > 0:
        raise Invalid(fields={"epoch": "A cursor goes back with the epoch it came with."})


def judge(*, after: int, epoch: str | None, position: Position) -> Literal["epoch", "ahead", "trimmed"] | None:
    """Why the cursor (`epoch`, `after`) cannot be followed from `position`, or None when it can."""
    if epoch is not None and epoch != position.epoch:
        return "epoch"
    if after > position.head:
        return "ahead"
    if after < position.oldest - 1:
        return "trimmed"
    return None

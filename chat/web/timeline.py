"""How messages stand below each other: days, one author's run, the line before the first unread one.

The script arranges by the same rule (static/chat/js/models/timeline.js).
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils import timezone

from chat.domain.shapes import Message

RUN = timedelta(minutes=5)


class Entry(NamedTuple):
    """A message in its place; `replied` is the one it answers and `replies` how many answer it, on the same page."""

    message: Message
    day: str
    first: bool
    unread: bool
    replied: Message | None
    replies: int


def arrange(
    messages: Sequence[Message], *, viewer_id: int, unread_after: int | None = None, has_older: bool = False
) -> list[Entry]:
    """Places messages, given oldest first, in the days of the current time zone.

    The line before the first unread message (behind `unread_after`) is drawn only where it is known: below a message
    that was read, or when there is nothing older.
    """
    by_seq = {message.seq: message for message in messages}
    replies = Counter(message.reply_to for message in messages if not message.deleted)
    unread = _first_unread(messages, viewer_id, unread_after, has_older)
    entries: list[Entry] = []
    before: Message | None = None
    for message in messages:
        new_day = before is None or _day(before) != _day(message)
        first = new_day or message.seq == unread or not _continues(before, message)
        day = day_name(_day(message), timezone.localdate()) if new_day else ""
        replied = by_seq.get(message.reply_to) if message.reply_to is not None else None
        entries.append(Entry(message, day, first, message.seq == unread, replied, replies[message.seq]))
        before = message
    return entries


def day_name(day: date, today: date) -> str:
    """Today, Yesterday, Thursday 19 November, or with its year when that is another."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"


def _first_unread(messages: Sequence[Message], viewer_id: int, unread_after: int | None, has_older: bool) -> int | None:
    if unread_after is None or not messages or (has_older and messages[0].seq > unread_after):
        return None
    return next((m.seq for m in messages if m.seq > unread_after and m.author.id != viewer_id), None)


def _day(message: Message) -> date:
    return timezone.localdate(message.created_at)


def _continues(before: Message | None, message: Message) -> bool:
    return (
        before is not None
        and message.created_at - before.created_at < RUN
        and before.author.id == message.author.id
        and message.reply_to is None
    )

"""Announce after commit, listen. The one way news of a write leaves the services; the transports listen."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from chat.domain.news import News, RoomEvents
from chat.telemetry import MESSAGES, log

logger = logging.getLogger(__name__)


Listener = Callable[[Sequence[News]], None]

_listeners: list[Listener] = []


def announce(news: Sequence[News]) -> None:
    """Tells the listeners when the running transaction has committed, and never if it has not."""
    if news:
        transaction.on_commit(partial(_tell, news), robust=True)


def listen(listener: Listener) -> None:
    """Calls `listener` with every later piece of news, in the thread that committed it."""
    _listeners.append(listener)


@contextmanager
def capture() -> Iterator[list[News]]:
    """For tests: the news announced while the block runs."""
    heard: list[News] = []
    listener = heard.extend
    _listeners.append(listener)
    try:
        yield heard
    finally:
        _listeners.remove(listener)


def _tell(news: Sequence[News]) -> None:
    for item in news:
        if isinstance(item, RoomEvents):
            _note(item)
    for listener in list(_listeners):
        try:
            listener(news)
        except Exception:
            logger.exception("a listener failed; the write stands")


def _note(committed: RoomEvents) -> None:
    MESSAGES.inc(sum(event.kind == "message.created" for event in committed.events))
    for event in committed.events:
        log.debug("committed", room=committed.room, seq=event.seq, kind=event.kind)

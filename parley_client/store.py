"""The messages of a room as they stand, made from what `follow` and `history` give."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from parley_client.shapes import Event, Message, MessageEvent, PinEvent, ReactionEvent, Snapshot


class MessageStore:
    """Messages by seq; of two states of one the one with the higher version is kept."""

    def __init__(self) -> None:
        self._messages: dict[int, Message] = {}
        self._changes: list[ReactionEvent | PinEvent] = []
        self._loading = 0

    def __iter__(self) -> Iterator[Message]:
        """The messages, oldest first."""
        return iter(sorted(self._messages.values(), key=lambda message: message.seq))

    def get(self, seq: int) -> Message | None:
        """The message of this seq, if it is held."""
        return self._messages.get(seq)

    def take(self, item: Event | Snapshot) -> None:
        """Takes what `follow` gave."""
        match item:
            case Snapshot():
                self._messages.clear()
                self._changes.clear()
                self.add(item.messages)
            case MessageEvent():
                self._keep(item.message)
            case ReactionEvent() | PinEvent():
                self._change(item)
                if self._loading:
                    self._changes.append(item)

    def add(self, messages: Iterable[Message]) -> None:
        """Takes messages of the history."""
        for message in messages:
            self._keep(message)
        for change in self._changes:
            self._change(change)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """While a page of the history is on its way: changes of messages that it will bring are remembered."""
        self._loading += 1
        try:
            yield
        finally:
            self._loading -= 1
            if not self._loading:
                self._changes.clear()

    def _keep(self, message: Message) -> None:
        held = self._messages.get(message.seq)
        if held is None or message.version >= held.version:
            self._messages[message.seq] = message

    def _change(self, event: ReactionEvent | PinEvent) -> None:
        held = self._messages.get(event.message)
        if held is None or held.version > event.version:
            return
        changed: dict[str, Any] = {"pinned": event.kind == "message.pinned"}
        if isinstance(event, ReactionEvent):
            changed = {"reactions": event.reactions}
        self._messages[held.seq] = replace(held, version=event.version, **changed)

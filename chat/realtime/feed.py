"""One room in one worker: the newest events, encoded, and how far its sockets have got. Plain Python."""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from chat.wire.encoded import Encoded

RING = 1000
"""Events a room keeps for those who come back."""
PAGE_BYTES = 256 * 1024
PAGE_EVENTS = 500
"""The largest `events` frame."""


class Feed:
    """The room's log as this worker knows it.

    `position` is the newest event known; all up to it are contiguous. `sent` is up to where members that are live have
    been served; what lies between waits for the next frame. `ahead` holds events that arrived before their
    predecessors.
    """

    def __init__(self, room: str, position: int) -> None:
        self.room = room
        self.position = position
        self.sent = position
        self.rewritten = 0
        """How many events have come that rewrite a text."""
        self._lately_rewritten: deque[int] = deque(maxlen=RING)
        self._ring: deque[Encoded] = deque(maxlen=RING)
        self._ahead: list[tuple[int, Sequence[Encoded]]] = []

    @property
    def has_gap(self) -> bool:
        """Whether events have arrived whose predecessors have not."""
        return bool(self._ahead)

    def take(self, after: int, events: Sequence[Encoded]) -> bool:
        """Appends what is new of `events` (contiguous behind `after`); whether anything was."""
        before = self.position
        self._ahead.append((after, events))
        self._ahead.sort(key=lambda waiting: waiting[0])
        while self._ahead and self._ahead[0][0] <= self.position:
            for event in self._ahead.pop(0)[1]:
                if event.seq == self.position + 1:
                    self._append(event)
        return self.position > before

    def skip_to(self, seq: int) -> None:
        """Begins anew at `seq`, where nobody has been served yet; what waits behind it follows."""
        self._ring.clear()
        self.position = self.sent = seq
        self.take(seq, ())

    def fill(self, events: Sequence[Encoded], rewritten: int) -> None:
        """Keeps what was read of the log right before the ring, for all who come back behind the first.

        `rewritten` is from when the read began: what has been rewritten since may be in `events` as it was before.
        """
        oldest = self._oldest()
        room = RING - len(self._ring)
        if rewritten == self.rewritten and events and room and events[-1].seq >= oldest - 1:
            older = [event for event in events if event.seq < oldest]
            self._ring.extendleft(reversed(older[-room:]))

    def still_true(self, events: Sequence[Encoded], rewritten: int) -> list[Encoded]:
        """The first of `events`, up to one whose text may have been rewritten after `rewritten` was counted."""
        since = self.rewritten - rewritten
        if since > RING:
            return []
        stale = set(islice(reversed(self._lately_rewritten), since))
        return list(takewhile(lambda event: stale.isdisjoint((event.seq, event.rewrites)), events))

    def _oldest(self) -> int:
        return self.position - len(self._ring) + 1

    def _append(self, event: Encoded) -> None:
        if event.rewrites is not None:
            self.rewritten += 1
            self._lately_rewritten.append(event.rewrites)
            self._forget(event.rewrites)
        self._ring.append(event)
        self.position = event.seq

    def _forget(self, message: int) -> None:
        """An edited or removed text must not be replayed: its older states go, with all that is older than they are."""
        stale = [place for place, event in enumerate(self._ring) if message in (event.seq, event.rewrites)]
        for _ in range(stale[-1] + 1 if stale else 0):
            self._ring.popleft()

    def between(self, after: int, upto: int) -> list[Encoded] | None:
        """The events `after` < seq <= `upto`, or None if the ring does not reach that far back."""
        if not after < upto <= self.position:
            return []
        oldest = self._oldest()
        if after + 1 < oldest:
            return None
        return list(islice(self._ring, after + 1 - oldest, upto + 1 - oldest))

    def next_frame(self) -> list[Encoded]:
        """What goes out next: up to the first event that narrows rights, a full page, or the end.

        What the ring has already forgotten (more than RING events within a few milliseconds) is left to catch-up.
        """
        waiting = self.between(self.sent, self.position)
        if waiting is None:
            self.sent = self.position - len(self._ring)
            waiting = list(self._ring)
        frame: list[Encoded] = []
        for event in page(waiting):
            frame.append(event)
            if event.narrowing:
                break
        return frame


def page(events: Iterable[Encoded], largest: int = PAGE_BYTES) -> list[Encoded]:
    """The first of `events`, as many as one frame of `largest` bytes may hold; at least one if there is any."""
    chosen: list[Encoded] = []
    size = 0
    for event in events:
        size += len(event.json)
        if chosen and (size > largest or len(chosen) == PAGE_EVENTS):
            break
        chosen.append(event)
    return chosen

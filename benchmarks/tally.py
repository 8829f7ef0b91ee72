"""Counts every delivery, per socket and message: what is missing, what came twice, what came out of order."""

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Said(NamedTuple):
    """One message as its text tells: who said it, the how manyeth of theirs it is, and when it was due."""

    sender: int
    number: int
    due: float


@dataclass(slots=True)
class Frame:
    """What one frame of a server delivers.

    Where the wire numbers the log of a room, the frame has the events behind `after` up to `upto`, and `seqs` has the
    number of each message in it.
    """

    said: tuple[Said, ...]
    after: int | None = None
    upto: int = 0
    seqs: tuple[int, ...] = ()
    newest: dict[int, int] = field(default_factory=dict)
    """The newest message of each sender in it."""

    def __post_init__(self) -> None:
        self.newest = {each.sender: each.number for each in self.said}


class Heard:
    """What one socket has been delivered."""

    def __init__(self, room: str, *, sampled: bool = True) -> None:
        self.room = room
        self.sampled = sampled
        """Whether the latencies of its messages are kept."""
        self.cursor: int | None = None
        self.received = 0
        self.next: dict[int, int] = {}
        self.holes: set[tuple[int, int]] = set()


class Tally:
    """All deliveries of a run. `said` is told of every message before it is sent."""

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.deliveries = 0
        self.frames = 0
        self.doubled = 0
        self.disordered = 0
        self._dues = array("d")
        self._latencies = array("d")
        self._logs: dict[str, dict[int, Said]] = {}

    def note(self, room: str, frame: Frame) -> None:
        """A frame seen for the first time: the same number must always stand for the same message."""
        log = self._logs.setdefault(room, {})
        for seq, said in zip(frame.seqs, frame.said, strict=frame.after is not None):
            if log.setdefault(seq, said) != said:
                self.disordered += 1

    def hear(self, heard: Heard, frame: Frame, now: float) -> None:
        """One frame has reached one socket."""
        count = len(frame.said)
        self.frames += 1
        self.deliveries += count
        if frame.after is None:
            self._follow_senders(heard, frame.said)
        else:
            self._follow_log(heard, frame, count)
        if heard.sampled:
            self._dues.extend(each.due for each in frame.said)
            self._latencies.extend(now - each.due for each in frame.said)

    def _follow_log(self, heard: Heard, frame: Frame, count: int) -> None:
        """A numbered log needs no look at each message: the frame must begin where the last one ended."""
        if frame.after == heard.cursor:
            heard.received += count
        elif heard.cursor is not None and frame.upto <= heard.cursor:
            self.doubled += count
        else:
            self.disordered += 1
            heard.received += count
        heard.cursor = frame.upto

    def _follow_senders(self, heard: Heard, said: Iterable[Said]) -> None:
        """Without numbers of the server's, what each sender said must come in the order in which they said it."""
        for sender, number, _ in said:
            awaited = heard.next.get(sender, 0)
            if number >= awaited:
                heard.received += 1
                heard.next[sender] = number + 1
                heard.holes.update((sender, skipped) for skipped in range(awaited, number))
            elif (sender, number) in heard.holes:
                heard.holes.remove((sender, number))
                heard.received += 1
                self.disordered += 1
            else:
                self.doubled += 1

    def missing(self, everyone: Iterable[Heard]) -> int:
        """Deliveries that have not come to these sockets, of all that was said in their rooms."""
        return sum(self.sent[heard.room] - heard.received for heard in everyone)

    def judge_logs(self) -> None:
        """At the end: no message may stand in a log twice, nor before an earlier one of its sender."""
        for log in self._logs.values():
            newest: dict[int, int] = {}
            seen: set[tuple[int, int]] = set()
            for _, said in sorted(log.items()):
                key = said.sender, said.number
                self.doubled += key in seen
                self.disordered += said.number < newest.get(said.sender, -1)
                newest[said.sender] = max(said.number, newest.get(said.sender, -1))
                seen.add(key)

    def latency_ms(self, share: float, since: float, until: float) -> float | None:
        """How late at most this share of the deliveries was that were due between two moments."""
        within = (late for due, late in zip(self._dues, self._latencies, strict=True) if since <= due < until)
        found = percentile(within, share)
        return None if found is None else found * 1000


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None

"""The marks the chat is to reach, as ratios within one run."""

from collections.abc import Callable
from typing import NamedTuple

from benchmarks.figures import Figures, ratio, short

NODE, TUTORIAL = "ws.node", "tutorial.insert"
OURS, POSTGRES, TWO = "parley.sqlite", "parley.postgres", "parley.postgres.2"


class Mark(NamedTuple):
    """One mark; `least` is to be reached, `most` not to be passed."""

    work: str
    what: str
    value: Callable[[Figures], float | None]
    least: float | None = None
    most: float | None = None


def cheaper(work: str, system: str, other: str, figure: str = "us_per_delivery") -> Callable[[Figures], float | None]:
    """How many times the other costs what the system does."""
    return lambda figures: ratio(of(figures, work, other, figure), of(figures, work, system, figure))


def share(work: str, system: str, other: str, figure: str) -> Callable[[Figures], float | None]:
    """A figure of the system as a share of another's."""
    return lambda figures: ratio(of(figures, work, system, figure), of(figures, work, other, figure))


def plain(work: str, system: str, figure: str) -> Callable[[Figures], float | None]:
    """A figure by itself."""
    return lambda figures: of(figures, work, system, figure)


def of(figures: Figures, work: str, system: str, figure: str) -> float | None:
    """A median, where it was measured."""
    cell = figures.get(work, {}).get(system)
    return cell.median(figure) if cell else None


def worst(work: str, figure: str) -> Callable[[Figures], float | None]:
    """The most of a figure over all rounds of all our systems."""

    def find(figures: Figures) -> float | None:
        ours = [cell.most(figure) for name, cell in figures.get(work, {}).items() if name.startswith("parley.")]
        return max((most for most in ours if most is not None), default=None)

    return find


US, MS = "us_per_delivery", "ms_per_request"
MARKS = [
    Mark("W1", "CPU per delivery, as a share of Node ws", share("W1", OURS, NODE, US), most=1.5),
    Mark("W1", "times cheaper than the tutorial with an insert", cheaper("W1", OURS, TUTORIAL), least=12),
    Mark("W1", "p99, as a share of Node's", share("W1", OURS, NODE, "p99_ms"), most=2),
    Mark("W1", "missing deliveries", worst("W1", "missing"), most=0),
    Mark("W2", "times cheaper than Node ws", cheaper("W2", OURS, NODE), least=8),
    Mark("W2", "times cheaper than the tutorial with an insert", cheaper("W2", OURS, TUTORIAL), least=250),
    Mark("W2", "missing deliveries", worst("W2", "missing"), most=0),
    Mark("W3", "times cheaper than Node ws", cheaper("W3", OURS, NODE), least=0.3),
    Mark("W3", "times cheaper than the tutorial with an insert", cheaper("W3", OURS, TUTORIAL), least=12),
    Mark("W6", "SQLite: times more messages per CPU second", cheaper("W6", OURS, TUTORIAL, "us_per_message"), least=12),
    Mark(
        "W6",
        "PostgreSQL: times more messages per CPU second",
        cheaper("W6", POSTGRES, "tutorial.insert.postgres", "us_per_message"),
        least=12,
    ),
    Mark("W3", "two workers' CPU per delivery, as a share of one's", share("W3", TWO, POSTGRES, US), most=1.6),
    Mark("W4", "KiB per idle socket", plain("W4", OURS, "kib_per_socket"), most=20),
    Mark("W5", "CPU seconds for 1,000 who come back", plain("W5", OURS, "cpu_seconds"), most=1.0),
    Mark("W5", "refused", worst("W5", "refused"), most=0),
    Mark("H", "a page, as a share of a trivial view", share("H", "page at the head", "trivial view", MS), most=1.5),
    Mark(
        "H",
        "a page, as a share of the same by ModelSerializer",
        share("H", "page at the head", "ModelSerializer at the head", MS),
        most=1,
    ),
    Mark("H", "in the middle, as a share of that", share("H", "page in the middle", "page at the head", MS), most=1.1),
    Mark("P", "a POST, as a share of a trivial one", share("P", "POST", "trivial POST", MS), most=1.5),
    Mark("C", "reads of the log for the crowd, one worker", plain("C", POSTGRES, "reads_of_the_log"), most=1),
    Mark(
        "C",
        "p99 elsewhere during, as a share of before",
        lambda figures: ratio(of(figures, "C", POSTGRES, "p99_during_ms"), of(figures, "C", POSTGRES, "p99_before_ms")),
        most=2,
    ),
]


def judged(figures: Figures) -> list[tuple[str, str, str, str, str]]:
    """Work, what, the mark, what was measured, and whether it was reached."""
    return [_judge(mark, mark.value(figures)) for mark in MARKS]


def _judge(mark: Mark, found: float | None) -> tuple[str, str, str, str, str]:
    bound = f"at least {short(mark.least)}" if mark.least is not None else f"at most {short(mark.most)}"
    if found is None:
        return mark.work, mark.what, bound, "-", "not measured"
    reached = found >= mark.least if mark.least is not None else found <= (mark.most or 0)
    return mark.work, mark.what, bound, short(found), "reached" if reached else "**missed**"

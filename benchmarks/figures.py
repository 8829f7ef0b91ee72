"""What the results say: every cell of the tables as the median of its rounds, with the least and the most."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

PART = " / "
DISTURBED = 0.3
"""Cores that others used meanwhile, above which a round counts only where there is no quieter one."""


class Spread(NamedTuple):
    """One figure over all rounds."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        if self.least == self.most:
            return short(self.median)
        return f"{short(self.median)} ({short(self.least)}-{short(self.most)})"


class Cell:
    """A system under a workload."""

    def __init__(self, rounds: list[dict[str, Any]]) -> None:
        self._all = rounds
        self._rounds = [each for each in rounds if each.get("others_core", 0.0) <= DISTURBED] or rounds

    @property
    def rounds(self) -> int:
        return len(self._rounds)

    def spread(self, figure: str) -> Spread | None:
        """A figure, if it was measured."""
        values = [each[figure] for each in self._rounds if isinstance(each.get(figure), int | float)]
        return Spread(median(values), min(values), max(values)) if values else None

    def median(self, figure: str) -> float | None:
        """Its median alone."""
        found = self.spread(figure)
        return found.median if found else None

    def most(self, figure: str) -> float | None:
        """The most there was in any round, disturbed or not."""
        return max((each[figure] for each in self._all if isinstance(each.get(figure), int | float)), default=None)

    def why_not(self) -> str:
        """Why there are no figures."""
        return next((str(each[word]) for each in self._rounds for word in ("absent", "failed") if word in each), "")


Figures = dict[str, dict[str, Cell]]
"""By workload, then by system. Where a system has parts, each is one of its own."""


def read(results: Path) -> Figures:
    """The figures of a file of results."""
    rounds: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in results.read_text().splitlines():
        for name, row in _parts(json.loads(line)):
            rounds[row["work"]][name].append(row)
    return {work: {name: Cell(rows) for name, rows in systems.items()} for work, systems in sorted(rounds.items())}


def _parts(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    parts = row.pop("parts", None)
    if parts is None:
        yield row["system"], row
        return
    for name, figures in parts.items():
        yield name, row | figures


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """How many times, where both are known."""
    return numerator / denominator if numerator is not None and denominator else None


def short(value: float | None) -> str:
    """A number as people read it."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def as_json(figures: Figures, names: Iterable[str]) -> dict[str, Any]:
    """All medians, leasts and mosts."""
    return {
        work: {
            system: {name: spread._asdict() for name in names if (spread := cell.spread(name))}
            for system, cell in systems.items()
        }
        for work, systems in figures.items()
    }

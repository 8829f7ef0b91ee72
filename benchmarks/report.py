"""The results as Markdown, JSON and a plot."""

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Cell, Figures, as_json, ratio, read, short
from benchmarks.machine import describe
from benchmarks.marks import NODE, TUTORIAL, judged
from benchmarks.plot import draw
from benchmarks.versions import versions
from benchmarks.work import WORK

BEGIN, END = "<!-- figures: made by `make bench` -->\n", "<!-- end of figures -->\n"


QUIET = 0.2
"""Cores that others may use without a word about it."""


class Column(NamedTuple):
    """A column; `better` is the figure that is compared with Node's and the tutorial's."""

    title: str
    figure: str


TALK = [
    Column("deliveries/s", "deliveries_per_second"),
    Column("µs/delivery", "us_per_delivery"),
    Column("µs/message", "us_per_message"),
    Column("p50 ms", "p50_ms"),
    Column("p99 ms", "p99_ms"),
    Column("messages/frame", "messages_per_frame"),
    Column("missing", "missing_share"),
    Column("doubled", "doubled"),
    Column("out of order", "disordered"),
    Column("generator", "generator_core"),
    Column("others", "others_core"),
]
REQUESTS = [
    Column("requests/s", "requests_per_second"),
    Column("CPU ms/request", "ms_per_request"),
    Column("p50 ms", "p50_ms"),
    Column("p99 ms", "p99_ms"),
    Column("others", "others_core"),
]
COLUMNS = {
    "G": [
        Column("deliveries/s", "deliveries_per_second"),
        Column("generator", "generator_core"),
        Column("others", "others_core"),
    ],
    "W4": [
        Column("sockets", "sockets"),
        Column("KiB/socket", "kib_per_socket"),
        Column("CPU µs/connect", "us_per_connect"),
        Column("connects/s", "connects_per_second"),
        Column("idle core", "idle_core"),
        Column("dropped", "dropped"),
        Column("others", "others_core"),
    ],
    "W5": [
        Column("s until ready", "seconds"),
        Column("CPU s", "cpu_seconds"),
        Column("ready", "ready"),
        Column("refused", "refused"),
        Column("served", "served"),
        Column("others", "others_core"),
    ],
    "H": [*REQUESTS, Column("messages in the room", "depth")],
    "P": REQUESTS,
    "C": [
        Column("s", "seconds"),
        Column("CPU s", "cpu_seconds"),
        Column("reads of the log", "reads_of_the_log"),
        Column("caught up", "caught_up"),
        Column("p99 before ms", "p99_before_ms"),
        Column("p99 during ms", "p99_during_ms"),
        Column("others", "others_core"),
    ],
}
COMPARED = {"W1": "us_per_delivery", "W2": "us_per_delivery", "W3": "us_per_delivery", "W6": "us_per_message"}


def report(results: Path, page: Path) -> None:
    """Writes the figures into the page, and beside it the plot and the JSON."""
    figures = read(results)
    before, _, rest = page.read_text().partition(BEGIN)
    page.write_text(before + BEGIN + _markdown(figures, results) + END + rest.partition(END)[2])
    page.with_suffix(".svg").write_text(draw(figures))
    names = {column.figure for columns in [TALK, *COLUMNS.values()] for column in columns}
    page.with_suffix(".json").write_text(json.dumps(as_json(figures, sorted(names)), indent=1) + "\n")


def _markdown(figures: Figures, results: Path) -> str:
    measured = sorted({json.loads(line)["at"][:10] for line in results.read_text().splitlines()})
    facts = {"measured": " to ".join(dict.fromkeys([measured[0], measured[-1]])), **describe(), **versions()}
    parts = [
        _table(["", ""], facts.items()),
        *_warning(figures),
        "### Marks\n\n" + _table(["", "what", "mark", "measured", ""], judged(figures)),
        *(f"### {work}: {WORK[work].what}\n\n" + _cells(work, systems) for work, systems in figures.items()),
    ]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _warning(figures: Figures) -> list[str]:
    """What to think of figures that others disturbed."""
    cells = [cell.spread("others_core") for systems in figures.values() for cell in systems.values()]
    most = max((spread.most for spread in cells if spread), default=0.0)
    if most < QUIET:
        return []
    return [
        f"**The machine was not quiet: up to {short(most)} of its cores worked for others** (`others`). Costs are "
        "too high, throughput too low, and latencies say nothing; even ratios are rough."
    ]


def _cells(work: str, systems: dict[str, Cell]) -> str:
    columns = COLUMNS.get(work, TALK)
    compared = COMPARED.get(work)
    titles = ["system", "n", *(column.title for column in columns)]
    if compared:
        titles += ["× Node ws", "× tutorial + insert"]
    rows = []
    for name, cell in sorted(systems.items(), key=lambda item: _cost(item[1], columns, compared)):
        if why := cell.why_not():
            rows.append([f"`{name}`", str(cell.rounds), why])
            continue
        row = [f"`{name}`", str(cell.rounds), *(_shown(cell, column) for column in columns)]
        if compared:
            own = cell.median(compared)
            others = (systems.get(other) for other in (NODE, TUTORIAL))
            row += [short(ratio(other.median(compared), own)) if other else "-" for other in others]
        rows.append(row)
    return _table(titles, rows)


def _cost(cell: Cell, columns: Sequence[Column], compared: str | None) -> float:
    return cell.median(compared or columns[1].figure) or float("inf")


def _shown(cell: Cell, column: Column) -> str:
    found = cell.spread(column.figure)
    if found is None:
        return "-"
    return f"{found.median:.1%}" if column.figure == "missing_share" and found.most else str(found)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *([*row, *[""] * (len(titles) - len(row))] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def now() -> str:
    """The moment, for a result."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

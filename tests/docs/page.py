"""Pages for people, read by a program: their links and tables, and examples that can be held against what happens.

In an example `…` stands for more of the same, words in capitals (`TOKEN`) for what the server gave out, and every time
for any time.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"\b[A-Z][A-Z_]{3,}\b")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MORE = "…"

Known = dict[str, str]


class Block(NamedTuple):
    """A fenced block: what stands behind its fence, and its lines."""

    kind: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(kind, text) for kind, text in FENCE.findall(page.read_text())]


def links(page: Path) -> list[str]:
    """Where a page points to, without what is elsewhere in the world."""
    found = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text()))
    return [each for each in found if "://" not in each]


def table_keys(page: Path, heading: str) -> list[str]:
    """The words in the first cells of the first table below a heading, each without what stands behind it."""
    below = page.read_text().split(f"\n{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert rows, f"no table below {heading}"
    cells = [row.split("|")[1] for row in rows[0].splitlines()[2:]]
    return [word.split()[0] for cell in cells for word in re.findall(r"`([^`]+)`", cell) or [cell]]


def fill(text: str, known: Known) -> str:
    """The text with what is known in place of its placeholders."""
    return PLACEHOLDER.sub(lambda found: known.get(found[0], found[0]), text)


def parse(text: str) -> Any:
    """JSON in which `…` may stand for more."""
    text = re.sub(r"([{,]\s*)…(\s*[,}])", rf'\1"{MORE}": 0\2', text)
    return json.loads(re.sub(r"([\[,]\s*)…(\s*\])", rf'\1"{MORE}"\2', text))


def fits(shown: Any, real: Any, known: Known) -> bool:
    """Whether an example shows what is real; placeholders that were met for the first time are known then."""
    met = dict(known)
    if not _fits(shown, real, met):
        return False
    known.update(met)
    return True


def _fits(shown: Any, real: Any, known: Known) -> bool:
    if isinstance(shown, dict) and isinstance(real, dict):
        names = shown.keys() - {MORE}
        all_there = names <= real.keys() if MORE in shown else names == real.keys()
        return all_there and all(_fits(shown[name], real[name], known) for name in names)
    if isinstance(shown, list) and isinstance(real, list):
        more = shown[-1:] == [MORE]
        each = shown[:-1] if more else shown
        enough = len(each) <= len(real) if more else len(each) == len(real)
        return enough and all(map(_fits, each, real, [known] * len(each)))
    if isinstance(shown, str) and isinstance(real, str):
        return _fits_text(shown, real, known)
    return type(shown) is type(real) and shown == real


def _fits_text(shown: str, real: str, known: Known) -> bool:
    if TIME.fullmatch(shown):
        return TIME.fullmatch(real) is not None
    found = re.fullmatch("".join(_parts(shown, known)), real)
    if found:
        known.update(found.groupdict())
    return found is not None


def _parts(shown: str, known: Known) -> Iterator[str]:
    """A pattern for the text, in which unknown placeholders may be anything."""
    end = 0
    for place in PLACEHOLDER.finditer(shown):
        yield re.escape(shown[end : place.start()])
        yield re.escape(known[place[0]]) if place[0] in known else f"(?P<{place[0]}>.+)"
        end = place.end()
    yield re.escape(shown[end:])

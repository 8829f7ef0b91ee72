"""The chain of the audit log: each digest covers an entry's facts and the digest before it.

So an entry that is altered, left out or exchanged is found at its number. Whoever rewrites all that follows as well, or
cuts off the end, is found by a head (a number and its digest) that was noted elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

BEGINNING = ""
"""What stands before the first entry."""


class Link(NamedTuple):
    """An entry as the chain sees it; `facts` are plain values."""

    number: int
    facts: Mapping[str, Any]
    digest: str


class Fault(NamedTuple):
    """The first entry that is not as it was written, and what is wrong with it."""

    number: int
    what: str


class Verdict(NamedTuple):
    """The last entry that is as it was written, its digest, and what comes behind it if anything is wrong."""

    number: int
    digest: str
    fault: Fault | None = None


def digest(number: int, facts: Mapping[str, Any], before: str) -> str:
    """SHA-256 over the canonical JSON of an entry and the digest before it."""
    text = json.dumps({"number": number, "before": before, **facts}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def judge(links: Iterable[Link], heads: Mapping[int, str]) -> Verdict:
    """Follows the chain from its beginning to the highest of `heads`; an empty digest there stands for any."""
    number, before = 0, BEGINNING
    for link in links:
        if fault := _fault(link, number + 1, before, heads):
            return Verdict(number, before, fault)
        number, before = link.number, link.digest
    cut = max(heads, default=0) > number
    return Verdict(number, before, Fault(number + 1, "is missing") if cut else None)


def _fault(link: Link, number: int, before: str, heads: Mapping[int, str]) -> Fault | None:
    if link.number != number:
        return Fault(number, "is missing")
    if link.digest != digest(number, link.facts, before):
        return Fault(number, "was altered or stands in another's place")
    if heads.get(number, "") not in ("", link.digest):
        return Fault(number, "is another than the one whose head was signed")
    return None

"""Word rules: which texts a room refuses, holds for review or masks.

Patterns run on RE2, whose time is linear in the text whatever the pattern, so no rule can be made to hang by a message.
They see text folded (compatibility forms, case, accents and what prints nothing are taken away), as it was written and
as Markdown shows it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple
from unicodedata import category, normalize

import re2

from chat.domain.errors import Invalid
from chat.domain.shapes import RoleName
from chat.domain.text import INVISIBLE, shown

LONGEST_PATTERN = 250
MOST_MATCHES = 200
"""Matches of one rule in one text that are looked for; what is behind the last counts as matched whole."""
MASK = "▇"
LETTER = r"[\pL\pN\pM_]"
EDGE = r"[^\pL\pN\pM_]"

Action = Literal["block", "hold", "mask", "allow"]
Span = tuple[int, int]


class Rule(NamedTuple):
    """One rule: what it looks for, what it does, and from which role on it spares people (None: nobody)."""

    pattern: str
    is_regex: bool
    action: Action
    spares: RoleName | None = None


class Verdict(NamedTuple):
    """What becomes of a text: refused or held, or neither; and the text with what is masked in it."""

    body: str
    refused: bool = False
    held: bool = False


class Folded(NamedTuple):
    """A text as patterns see it; `origins` has the place of each of its characters in the text."""

    text: str
    origins: Sequence[int]


def judge(rules: Sequence[Rule], body: str) -> Verdict:
    """What `rules` make of a text. What an allowing rule covers is no match of another."""
    if not rules:
        return Verdict(body)
    found = {action: _found(rules, action, body) for action in ("block", "hold")}
    if found["block"] or found["hold"]:
        return Verdict(body, refused=found["block"], held=not found["block"])
    masked = _masked(rules, body)
    read = shown(masked)
    again = _masked(rules, read)
    return Verdict(masked if again == read else again.strip())


def compiled(pattern: str, *, is_regex: bool) -> Any:
    """A pattern to search with. Raises Invalid for one that is none, too large, or matches nothing at all.

    In words `*` stands for any letters; a regular expression is one of RE2.
    """
    try:
        return _compiled(pattern, is_regex)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace")
        raise Invalid(fields={"pattern": f"No pattern: {reason}."}) from error


@lru_cache(maxsize=2048)
def _compiled(pattern: str, is_regex: bool) -> Any:
    if len(pattern) > LONGEST_PATTERN:
        raise Invalid(fields={"pattern": f"At most {LONGEST_PATTERN} characters."})
    options = re2.Options()
    options.max_mem, options.log_errors, options.case_sensitive = 1 << 20, False, False
    found = re2.compile(_folded_regex(pattern) if is_regex else _words(pattern), options)
    if found.search(""):
        raise Invalid(fields={"pattern": "It would match every text."})
    return found


def _words(pattern: str) -> str:
    """Whole words, by the letters of all scripts, for which RE2's own `\\b` does not look."""
    words = [[re2.escape(fold(part).text) for part in word.split("*")] for word in pattern.split()]
    if not any(any(parts) for parts in words):
        raise Invalid(fields={"pattern": "Name a word."})
    inner = r"\s+".join(f"{LETTER}*".join(parts) for parts in words)
    return f"(?:^|{EDGE})({inner})(?:$|{EDGE})"


def _folded_regex(pattern: str) -> str:
    """Its letters folded as the text is; what is ASCII may be syntax and stays."""
    return "".join(character if character.isascii() else _fold(character) for character in pattern)


def fold(text: str) -> Folded:
    """A text without what tells apart what reads alike."""
    if text.isascii():
        return Folded(text.lower(), range(len(text)))
    letters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        folded = _fold(character)
        letters.append(folded)
        origins += [place] * len(folded)
    return Folded("".join(letters), origins)


@lru_cache(maxsize=8192)
def _fold(character: str) -> str:
    plain = normalize("NFKD", normalize("NFKD", character).casefold())
    return "".join(each for each in plain if each not in INVISIBLE and category(each) not in ("Cf", "Mn", "Me"))


def _found(rules: Sequence[Rule], action: Action, body: str) -> bool:
    return any(
        next(_matches(rules, action, fold(text)), None) is not None for text in dict.fromkeys((body, shown(body)))
    )


def _masked(rules: Sequence[Rule], text: str) -> str:
    """The text with a block for each character of a match."""
    folded = fold(text)
    letters = list(text)
    for start, end in _matches(rules, "mask", folded):
        first, last = folded.origins[start], folded.origins[end - 1] + 1
        letters[first:last] = MASK * (last - first)
    return "".join(letters)


def _matches(rules: Iterable[Rule], action: Action, folded: Folded) -> Iterator[Span]:
    """What the rules of this action match and no allowing rule covers."""
    allowed = [span for rule in rules if rule.action == "allow" for span in _spans(rule, folded.text)]
    for rule in rules:
        if rule.action == action:
            for start, end in _spans(rule, folded.text):
                if not any(first <= start and end <= last for first, last in allowed):
                    yield start, end


def _spans(rule: Rule, text: str) -> Iterator[Span]:
    """Where a rule matches. A word's edge may be the next one's, so each search begins where the last match ended."""
    pattern, place = compiled(rule.pattern, is_regex=rule.is_regex), 0
    for number in range(MOST_MATCHES + 1):
        match = pattern.search(text, place)
        if match is None:
            return
        start, end = match.span(0 if rule.is_regex else 1)
        if number == MOST_MATCHES:
            end = len(text)
        if end > start:
            yield start, end
        place = max(end, start + 1)

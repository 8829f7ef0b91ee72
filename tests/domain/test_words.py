"""Word rules: what they find however it is written, and what no pattern can do to the server."""

import time

import pytest

from chat.domain.errors import Invalid
from chat.domain.text import MAX_BODY
from chat.domain.words import MASK, MOST_MATCHES, Rule, compiled, judge


def blocks(pattern, body, *, is_regex=False, action="block"):
    return judge([Rule(pattern, is_regex, action)], body).refused


def masked(body, *rules):
    return judge(rules, body).body


@pytest.mark.parametrize(
    "body",
    [
        "bad", "so bad!", "BAD", "Bäd", "ｂａｄ", "b\u200ba\u200dd", "b\u00adad", "b\u0336a\u0336d\u0336", "𝓫𝓪𝓭", "ⓑⓐⓓ",
        "_bad_", "b**a**d", "&#98;ad", "b[a](https://example.org)d", "#bad", "> bad", "`bad`", "a\nbad", "bad bad",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_dressed(body):
    assert blocks("bad", body)
    assert blocks("b[a]d", body, is_regex=True)


@pytest.mark.parametrize("body", ["embadded", "badly", "b ad", "bаd (with a Cyrillic letter)", "", "ba", "8bad"])
def test_words_are_found_as_whole_words_and_others_are_let_through(body):
    assert not blocks("bad", body)


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("bad*", ["bad", "badly", "BADLY!"], ["embad", "ba d"]),
        ("*bad*", ["embadded"], ["b-a-d"]),
        ("b*d", ["bd", "board", "bïrd"], ["b d", "bored."[:4]]),
        ("buy now", ["Buy now!", "buy\n  now"], ["buynow", "buy it now"]),
        ("a.b", ["a.b"], ["axb"]),
        ("STRASSE", ["Straße", "strasse"], ["strase"]),
        ("пло*", ["Плохо"], ["неплохо"]),
        ("悪い", ["悪い"], ["悪"]),
    ],
)
def test_words_in_all_scripts_with_asterisks_for_letters(pattern, found, not_found):
    assert all(blocks(pattern, body) for body in found)
    assert not any(blocks(pattern, body) for body in not_found)


def test_a_regular_expression_sees_the_folded_text():
    assert blocks(r"(gr)?ü+ße", "GRÜSSE", is_regex=True)
    assert blocks(r"\b\d{4} ?\d{4}\b", "call 1234 5678", is_regex=True)
    assert not blocks(r"^x$", "axa", is_regex=True)
    assert not blocks(r"\b", "what matches nothing is no match", is_regex=True)


def test_a_mask_covers_what_matched_and_nothing_else():
    rule = Rule("bad", False, "mask")
    assert masked("bad Bäd x b\u200bad.", rule) == f"{MASK * 3} {MASK * 3} x {MASK * 4}."
    assert masked("nothing", rule) == "nothing"


def test_formatting_that_hides_a_match_is_taken_off_with_it():
    rule = Rule("bad", False, "mask")
    assert masked("so **very** b**a**d", rule) == f"so very {MASK * 3}"
    assert judge([rule], masked("so b**a**d", rule)).body == f"so {MASK * 3}"


def test_what_an_allowing_rule_covers_is_no_match():
    rules = [Rule("*cunt*", False, "block"), Rule("scunthorpe", False, "allow")]
    assert not judge(rules, "I live in Scunthorpe.").refused
    assert judge(rules, "Scunthorpe, cunt").refused
    mask = [Rule("*cunt*", False, "mask"), Rule("scunthorpe", False, "allow")]
    assert masked("Scunthorpe cunt", *mask) == f"Scunthorpe {MASK * 4}"


def test_refusing_goes_before_holding_and_holding_before_masking():
    rules = [Rule("bad", False, action) for action in ("mask", "hold", "block")]
    assert judge(rules, "bad") == ("bad", True, False)
    assert judge(rules[:2], "bad") == ("bad", False, True)
    assert judge(rules[:1], "bad") == (MASK * 3, False, False)
    assert judge(rules, "good") == ("good", False, False)
    assert judge([], "bad") == ("bad", False, False)


def test_behind_very_many_matches_everything_counts_as_one():
    body = "a " * (MOST_MATCHES + 1) + "b c"
    found = masked(body, Rule("a", False, "mask"))
    assert found == f"{MASK} " * MOST_MATCHES + MASK * 5


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a{1001}",
        "(?=a)",
        r"(a)\1",
        "((a{1000}){1000})",
        "x*",
        "",
        "a|",
        "^",
        "(" * 60 + "a" + ")" * 60 + "{99}{99}",
    ],
)
def test_no_regular_expression_that_is_none_or_would_match_everything(pattern):
    with pytest.raises(Invalid) as refused:
        compiled(pattern, is_regex=True)
    assert refused.value.fields["pattern"].endswith(".")


@pytest.mark.parametrize("pattern", ["", "*", "* *", "\u200b", "x" * 251])
def test_no_words_that_are_none(pattern):
    with pytest.raises(Invalid):
        compiled(pattern, is_regex=False)


EVIL = [
    Rule(pattern, is_regex, action)
    for pattern, is_regex in [
        ("(a+)+$", True), ("(a|a)*b", True), ("(a|aa)+$", True), ("(.*a){20}", True), ("a.*b|a", True),
        ("([a-z]+)*!", True), ("*a*a*a*a*a*a*a*b", False), ("(x+x+)+y", True),
    ]
    for action in ("block", "mask", "allow")
]  # fmt: skip


@pytest.mark.parametrize("body", ["a" * MAX_BODY, "a " * (MAX_BODY // 2), "é" * MAX_BODY, "x" * (MAX_BODY - 1) + "!"])
def test_no_pattern_takes_long_on_any_text(body):
    """What backtracks takes longer than the universe is old: any bound will do, and this is far from what RE2 needs."""
    begun = time.process_time()
    for rule in EVIL:
        judge([rule, Rule("never", False, "mask")], body)
    assert time.process_time() - begun < 60

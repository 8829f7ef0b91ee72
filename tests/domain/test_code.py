"""Code in messages: its words told apart by family of language, every character kept, at a cost in proportion."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.code import highlight


def coloured(code, language):
    return [
        (kind, unescape(text))
        for kind, text in re.findall(r'<span class="code-(\w+)">(.*?)</span>', highlight(code, language), re.S)
    ]


@pytest.mark.parametrize(
    ("language", "code", "found"),
    [
        ("js", "let a = f(`x`) // no", [("keyword", "let"), ("call", "f"), ("string", "`x`"), ("comment", "// no")]),
        ("Rust", "/* a\nb */ 'c' 0x1f_u8", [("comment", "/* a\nb */"), ("string", "'c'"), ("number", "0x1f_u8")]),
        ("sql", "SELECT 1.5 -- all", [("keyword", "SELECT"), ("number", "1.5"), ("comment", "-- all")]),
        ("sh", "echo $# # count", [("comment", "# count")]),
        ("html", '<a b="x">&', [("keyword", "<a"), ("string", '"x"'), ("keyword", ">")]),
        ("diff", "@@ 1 @@\n-old\n+new\n same", [("comment", "@@ 1 @@"), ("taken", "-old"), ("added", "+new")]),
        ("py", '"""a\n"b" """ "open', [("string", '"""a\n"b" """'), ("string", '"open')]),
    ],
)  # fmt: skip
def test_words_are_told_apart(language, code, found):
    assert coloured(code, language) == found


@pytest.mark.parametrize("language", ["", "klingon"])
def test_an_unknown_language_is_shown_plain(language):
    assert highlight("if <b> 1", language) == "if &lt;b&gt; 1"


@given(st.text(alphabet="\"'`/*-#<>&\\\n a1+@.(é"), st.sampled_from(["js", "py", "sql", "xml", "diff"]))
def test_no_character_is_lost_or_moved(code, language):
    assert unescape(re.sub(r"</?span[^>]*>", "", highlight(code, language))) == code


@pytest.mark.timeout(30)
@pytest.mark.parametrize("language", ["js", "py", "sql", "xml", "diff"])
@pytest.mark.parametrize("unit", ["'\\'", "/*", '"""', "<!--", "`", "'a"])
def test_hostile_text_takes_time_in_proportion_to_its_length(language, unit):
    """Ten times what a message may hold: what looks back would need minutes."""
    highlight(unit * (80_000 // len(unit)), language)

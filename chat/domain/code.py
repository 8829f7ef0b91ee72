"""Colours for code in messages: comments, strings, numbers, keywords and calls, told apart in one pass.

Lexers that know each language well take seconds for what can be typed on purpose, and messages are rendered while their
room is locked. This one never looks back, so it takes time in proportion to the text, whatever that is.
"""

import re
from html import escape
from typing import NamedTuple

STRING = r'"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\.)*`?' + r"|'(?:[^'\\\n]|\\.){0,200}'"
NUMBER = r"\d\w*(?:\.\d\w*)?"
WORD = r"[^\W\d][\w$]*"
SLASHES = r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
HASH = r"(?<!\S)#[^\n]*"
DASHES = r"--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
MARKUP = r"<!--(?:[^-]|-(?!->))*(?:-->)?"


class Language(NamedTuple):
    """What a family of languages has in common: one pattern, whose groups are the classes, and its keywords."""

    pattern: re.Pattern[str]
    keywords: frozenset[str]


def _language(comment: str, keywords: str = "", *, tag: str = r"(?!)") -> Language:
    parts = {"comment": comment, "keyword": tag, "string": STRING, "number": NUMBER, "word": WORD}
    pattern = "|".join(f"(?P<{name}>{part})" for name, part in parts.items())
    return Language(re.compile(pattern, re.DOTALL), frozenset(keywords.split()))


BRACES = _language(
    SLASHES,
    "abstract as async await bool boolean break byte case catch char class const continue debugger default defer delete"
    " do double else enum export extends false final finally float fn for from func function go goto if impl implements"
    " import in instanceof int interface internal is let long loop match mod move mut namespace new nil null object"
    " override package private protected pub public readonly record return self short sizeof static string struct super"
    " switch this throw throws trait true try type typedef typeof undefined union unsafe unsigned use using val var"
    " void volatile when where while yield",
)
SCRIPT = _language(
    HASH,
    "False None True and as assert async await begin break case class continue def del do done elif else elsif end"
    " ensure esac except export fi finally for foreach from function global if import in is lambda local match module"
    " my next nil nonlocal not or pass print raise redo require rescue return self set sub then true false null try"
    " unless until use when while with yield",
)
QUERY = _language(
    DASHES,
    "add all alter and any as asc begin between by case check column commit constraint create default delete desc"
    " distinct drop else end exists explain foreign from full function group having if in index inner insert into is"
    " join key left like limit local nil not null offset on or order outer primary references repeat return returning"
    " right rollback select set table then transaction true false union unique update values view when where while"
    " with",
)
TAGS = _language(MARKUP, tag=r"</?[A-Za-z][\w:.-]*|/?>")
CHANGES = Language(re.compile(r"^(?:(?P<added>\+[^\n]*)|(?P<taken>-[^\n]*)|(?P<comment>@@[^\n]*))", re.M), frozenset())

LANGUAGES = {
    name: language
    for names, language in (
        ("c cpp c++ cs csharp css dart go java javascript js jsx json jsonc kotlin kt php rs rust scala scss swift ts"
         " tsx typescript zig proto", BRACES),
        ("bash conf console docker dockerfile elixir ini julia make makefile nginx perl py python r rb ruby sh shell"
         " toml yaml yml zsh", SCRIPT),
        ("lua mysql postgresql psql sql sqlite", QUERY),
        ("html svg vue xml", TAGS),
        ("diff patch", CHANGES),
    )
    for name in names.split()
}  # fmt: skip


def highlight(code: str, language: str) -> str:
    """Escaped HTML of `code` with a span around each word that has a colour; plain where the language is not known."""
    known = LANGUAGES.get(language.lower())
    if known is None:
        return escape(code, quote=False)
    parts: list[str] = []
    end = 0
    for found in known.pattern.finditer(code):
        if kind := _kind(found, known):
            parts += escape(code[end : found.start()], quote=False), _span(kind, found[0])
            end = found.end()
    return "".join([*parts, escape(code[end:], quote=False)])


def _kind(found: re.Match[str], language: Language) -> str:
    if found.lastgroup != "word":
        return str(found.lastgroup)
    word = found[0]
    if word in language.keywords or (language is QUERY and word.lower() in language.keywords):
        return "keyword"
    return "call" if found.string.startswith("(", found.end()) else ""


def _span(kind: str, text: str) -> str:
    return f'<span class="code-{kind}">{escape(text, quote=False)}</span>'

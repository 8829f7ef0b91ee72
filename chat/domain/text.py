"""What people type: cleaned, searched for mentions, and turned into safe HTML."""

import re
import unicodedata
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from chat.domain.code import highlight
from chat.domain.errors import Invalid, NotFound

MAX_BODY = 8000
MAX_CLIENT_ID = 64
MAX_EMOJI = 32
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,30}[a-z0-9])?")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MENTION = re.compile(rf"(?<![\w@./])@({USERNAME.pattern})(?![a-z0-9])", re.IGNORECASE)
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by category that print nothing: the fillers of Hangul and the empty Braille pattern."""
PLAIN = re.compile(r"(?![\d+\-])[^\n*_`~\[\]<>#|\\!:/@.&]+[.!?]?")
"""Text in which Markdown can mean nothing and that holds no address; most chat messages are that."""
PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
    "\ufe0f?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
)
EMOJI = re.compile(f"[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}|{PICTURE}(?:\u200d{PICTURE})*")
"""A key cap, a flag, or pictures (each with its style, skin and region) joined to one."""
EMOJI_ALONE = re.compile(rf"(?:(?:{EMOJI.pattern})\s?){{1,6}}")
LONGEST_ALONE = 80


def clean_body(text: str) -> str:
    """The text of a message with plain line ends. Raises Invalid for an empty, over-long or unprintable one."""
    return _clean(text, name="body", longest=MAX_BODY)


def clean_line(text: str, *, name: str, longest: int, required: bool = True) -> str:
    """One line for a title, topic, name or reason. Raises Invalid like clean_body, also for line breaks."""
    if not required and not text.strip():
        return ""
    line = _clean(text, name=name, longest=longest)
    if "\n" in line or "\t" in line:
        raise Invalid(fields={name: "One line only."})
    return line


def _clean(text: str, *, name: str, longest: int) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if FORBIDDEN.search(text):
        raise Invalid(fields={name: "Control characters and lone surrogates are not allowed."})
    if not any(_shows(character) for character in text):
        raise Invalid(fields={name: "Something to read is missing."})
    if len(text) > longest:
        raise Invalid(fields={name: f"At most {longest} characters."})
    return text


def _shows(character: str) -> bool:
    return not (character.isspace() or character in INVISIBLE or unicodedata.category(character) in ("Cf", "Mn"))


def clean_client_id(text: str) -> str:
    """A client's own name for its message. Raises Invalid for an empty, over-long or unprintable one."""
    if not 1 <= len(text) <= MAX_CLIENT_ID or not text.isascii() or not text.isprintable():
        raise Invalid(fields={"client_id": f"1 to {MAX_CLIENT_ID} printable ASCII characters."})
    return text


def clean_emoji(text: str) -> str:
    """An emoji to react with. Raises Invalid for anything else, also for two."""
    if len(text) > MAX_EMOJI or not EMOJI.fullmatch(text):
        raise Invalid(fields={"emoji": "One emoji."})
    return text


def clean_username(text: str) -> str:
    """A name to sign in with, in lower case. Raises Invalid unless it fits USERNAME."""
    name = text.strip().lower()
    if not USERNAME.fullmatch(name):
        raise Invalid(fields={"username": "1 to 32 letters a-z, digits, and . _ - between them."})
    return name


def clean_slug(text: str) -> str:
    """A room's name in addresses. Raises Invalid unless it fits SLUG."""
    if not SLUG.fullmatch(text):
        raise Invalid(fields={"room": "1 to 64 letters a-z, digits, and - between them."})
    return text


def findable(text: str) -> str:
    """A name to look for. Raises NotFound for what no row can hold: nothing is called that."""
    if FORBIDDEN.search(text):
        raise NotFound()
    return text


def mentioned(body: str) -> list[str]:
    """The usernames that `body` calls by @, each once, in order; whether they exist is not known here."""
    return list(dict.fromkeys(match.lower() for match in MENTION.findall(body))) if "@" in body else []


def render(body: str, mentions: list[str]) -> str:
    """Safe HTML of a message: a subset of Markdown, coloured code, links, marks around the known `mentions`.

    A few emoji and nothing else are a paragraph of the class `emoji`, which pages show large.
    """
    if len(body) <= LONGEST_ALONE and EMOJI_ALONE.fullmatch(body):
        return f'<p class="emoji">{body}</p>'
    if PLAIN.fullmatch(body):
        return f"<p>{escape(body, quote=False)}</p>"
    html = MARKDOWN.render(body, {"mentions": frozenset(mentions)})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=LINK_REL).strip()


def shown(body: str) -> str:
    """What one reads of a message: its text without the Markdown."""
    return body if PLAIN.fullmatch(body) else unescape(TAG.sub("", render(body, [])))


def has_link(body: str) -> bool:
    """Whether anything in a message can be followed to elsewhere."""
    return not PLAIN.fullmatch(body) and "<a " in render(body, [])


def _mark_mentions(state: StateCore) -> None:
    known = state.env.get("mentions", frozenset())
    if not known:
        return
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [part for child in token.children for part in _split_mentions(child, known)]


def _split_mentions(token: Token, known: frozenset[str]) -> list[Token]:
    if token.type != "text":
        return [token]
    parts: list[Token] = []
    end = 0
    for match in MENTION.finditer(token.content):
        name = match[1].lower()
        if name in known:
            parts.append(Token("text", "", 0, content=token.content[end : match.start()]))
            mark = f'<span class="mention" data-username="{escape(name)}">{escape(match[0])}</span>'
            parts.append(Token("html_inline", "", 0, content=mark))
            end = match.end()
    parts.append(Token("text", "", 0, content=token.content[end:]))
    return parts


TAG = re.compile(r"<[^<>]*>")
TAGS = {"p", "br", "em", "strong", "s", "a", "code", "pre", "blockquote", "ul", "ol", "li", "span", "hr"}
ATTRIBUTES = {"a": {"href"}, "span": {"class", "data-username"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
LINK_REL = "nofollow noopener noreferrer"
MARKDOWN = MarkdownIt(
    "zero",
    {
        "html": False,
        "linkify": True,
        "breaks": True,
        "maxNesting": 20,
        "highlight": lambda code, language, _: highlight(code, language),
    },
).enable(
    [
        "blockquote",
        "code",
        "fence",
        "list",
        "newline",
        "escape",
        "backticks",
        "strikethrough",
        "emphasis",
        "link",
        "autolink",
        "entity",
        "linkify",
        "balance_pairs",
        "fragments_join",
    ]
)
MARKDOWN.core.ruler.push("mentions", _mark_mentions)

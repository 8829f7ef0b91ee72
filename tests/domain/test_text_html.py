"""Messages as HTML: a little Markdown is shown, and nothing anybody types runs or loads on a page."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain import text
from chat.domain.text import render


class Inert(HTMLParser):
    """Fails on whatever a browser could run or load; keeps what it would show."""

    def __init__(self):
        super().__init__()
        self.shown = ""

    def handle_starttag(self, tag, attrs):
        assert tag in text.TAGS
        for name, value in attrs:
            assert name in {"href", "rel", "class", "data-username", "start", "title"}
            if name == "href":
                assert value.split(":")[0].lower() in text.SCHEMES or ":" not in value

    def handle_data(self, data):
        self.shown += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def shown(html):
    parser = Inert()
    parser.feed(html)
    parser.close()
    return parser.shown


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](vbscript:x) [y](data:text/html;base64,PHNjcmlwdD4=) [z](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://example.org/pixel.png)",
    '[x](https://example.org "onmouseover=alert(1)")',
    "[x](https://example.org/\"onmouseover='alert(1)')",
    '[x](<https://example.org/"><script>alert(1)</script>>)',
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/<script>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```<script>\nalert(1)\n```",
    '```" onclick="alert(1)\nx\n```',
    "> <iframe src=//example.org></iframe>",
    "* <style>*{display:none}</style>",
    "<!-- --><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;",
    "**<b onclick=alert(1)>**",
    "@anna<script>",
    "\\<script>alert(1)\\</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<base href=//example.org>",
    "{{constructor.constructor('alert(1)')()}}",
]


@pytest.mark.parametrize("body", ATTACKS)
def test_no_message_runs_or_loads_anything(body):
    shown(render(body, ["anna"]))


@pytest.mark.parametrize("body", [attack for attack in ATTACKS if attack.startswith("<")])
def test_html_is_shown_as_it_was_typed(body):
    assert shown(render(body, [])).replace("\n", "") == body


@given(st.text(alphabet="<>&\"'`*_~[]()#!|\\/:;=-+.@ \n\tax1javscript", max_size=200))
def test_no_mixture_of_signs_runs_or_loads_anything(body):
    shown(render(body, ["a", "x"]))


@pytest.mark.parametrize(
    "unit", [">", "> ", "- ", "* ", "[", "![", "[a](", "*", "**a ", "_a", "~~a", "`", "<", "&amp", "(", "//a.b/", "@a "]
)
def test_a_body_full_of_one_sign_is_rendered_too(unit):
    html = render((unit * 8000)[:8000], ["a"])
    shown(html)
    assert html


def test_what_nests_deeply_stays_shallow():
    assert render("> " * 4000 + "a", []).count("<blockquote>") <= 20


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Just words.", "<p>Just words.</p>"),
        ("Fish & chips", "<p>Fish &amp; chips</p>"),
        ("**bold** *soft* ~~gone~~", "<p><strong>bold</strong> <em>soft</em> <s>gone</s></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
        ("&copy; \\*not soft\\*", "<p>© *not soft*</p>"),
        ("# not a heading", "<p># not a heading</p>"),
    ],
)
def test_a_little_markdown_is_shown_as_such(body, html):
    assert render(body, []) == html


@pytest.mark.parametrize(
    "body", ["https://example.org/a", "<https://example.org/a>", "[here](https://example.org/a)", "see example.org/a"]
)
def test_links_work_and_give_nothing_away(body):
    html = render(body, [])
    assert 'rel="nofollow noopener noreferrer"' in html
    assert "example.org/a" in html


@pytest.mark.parametrize("words", ["&copy;", "&lt;", "R&D"])
def test_the_short_way_of_plain_words_shows_what_the_long_way_shows(words):
    long_way = text.nh3.clean(text.MARKDOWN.render(words), tags=text.TAGS).strip()
    assert render(words, []) == long_way


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_plain_words_are_shown_as_they_are_whichever_way_they_took(words):
    if text.PLAIN.fullmatch(words):
        long_way = text.nh3.clean(text.MARKDOWN.render(words), tags=text.TAGS).strip()
        assert shown(render(words, [])) == shown(long_way) == words


@given(st.text(alphabet="ab1 9-+=()?,;'\"$%^{}\t", min_size=1, max_size=12).map(str.strip).filter(bool))
def test_numbers_and_signs_among_plain_words_mean_nothing_to_markdown(words):
    if text.PLAIN.fullmatch(words):
        long_way = text.nh3.clean(text.MARKDOWN.render(words), tags=text.TAGS).strip()
        assert unescape(render(words, [])) == unescape(long_way)


@pytest.mark.parametrize("words", ["room 12, at 9-10 (or later)", "a = b + 1", "It costs 5 - no, 6!"])
def test_most_of_what_people_write_takes_the_short_way(words):
    assert text.PLAIN.fullmatch(words)


@pytest.mark.parametrize("words", ["1. one", "12)", "- one", "+ one", "---", "7.", "a.example", "b@c", "a_b_", "&amp;"])
def test_what_may_mean_something_takes_the_long_way(words):
    assert not text.PLAIN.fullmatch(words)


def test_known_people_are_marked_and_others_left_as_typed():
    assert render("@Anna, @nobody", ["anna"]) == (
        '<p><span class="mention" data-username="anna">@Anna</span>, @nobody</p>'
    )


def test_mentions_are_marked_within_lists_and_bold_but_not_in_code():
    html = render("- **@anna**\n- `@anna`\n- @ben", ["anna", "ben"])
    assert html.count('class="mention"') == 2
    assert "<code>@anna</code>" in html


def test_nobody_is_marked_where_nobody_is_known():
    assert render("**hi** @anna", []) == "<p><strong>hi</strong> @anna</p>"


@pytest.mark.parametrize(
    ("body", "large"),
    [
        ("🎉", True),
        ("👩‍👩‍👧 🇳🇴\n1️⃣", True),
        ("🎉" * 6, True),
        ("🎉" * 7, False),
        ("🎉!", False),
        ("7", False),
        ("🎉\u200b", False),
        ("▇▇▇", False),
    ],
)
def test_a_few_emoji_alone_are_marked_to_be_shown_large(body, large):
    assert render(body, []).startswith('<p class="emoji">') is large


def test_code_of_a_known_language_is_coloured():
    html = render('```python\nasync def sail(knots=7):  # "fast"\n    return f("a<b")\n```', [])
    assert html == (
        '<pre><code><span class="code-keyword">async</span> <span class="code-keyword">def</span> '
        '<span class="code-call">sail</span>(knots=<span class="code-number">7</span>):  '
        '<span class="code-comment"># "fast"</span>\n    <span class="code-keyword">return</span> '
        '<span class="code-call">f</span>(<span class="code-string">"a&lt;b"</span>)\n</code></pre>'
    )

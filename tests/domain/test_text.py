"""What people type: what is taken as it is, what is refused, and whom it calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.errors import Invalid, NotFound
from chat.domain.text import (
    clean_body,
    clean_client_id,
    clean_emoji,
    clean_line,
    clean_slug,
    clean_username,
    findable,
    mentioned,
)

SCRIPTS = [
    "Guten Tag",
    "Доброе утро",
    "Καλημέρα",
    "صباح الخير",
    "בוקר טוב",
    "शुभ प्रभात",
    "สวัสดี",
    "おはよう",
    "早上好",
    "안녕하세요",
    "🫨",
    "👩🏽‍🚀",
    "𐎀𐎁",
    "é",
    "1",
    "…",
]

EMOJI = [
    "👍",
    "❤️",
    "❤️‍🔥",
    "👩🏽‍🚀",
    "👨‍👩‍👧‍👦",
    "⛹🏽‍♂️",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "🇩🇪",
    "1️⃣",
    "#️⃣",
    "ℹ️",
    "‼️",
    "↔️",
    "〰️",
    "©",
    "™️",
    "✓",
    "🫨",
]


def refused_field(clean, *arguments, **options):
    with pytest.raises(Invalid) as refused:
        clean(*arguments, **options)
    [field] = refused.value.fields
    return field


# --- Bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", SCRIPTS)
def test_every_script_is_taken_as_it_is(body):
    assert clean_body(body) == body


@pytest.mark.parametrize("character", ["\0", "\x07", "\x0b", "\x1b", "\x7f", "\ud800", "\udfff", "\ufffe", "\uffff"])
def test_control_characters_and_half_pairs_are_refused_wherever_they_stand(character):
    assert refused_field(clean_body, f"before{character}after") == "body"
    assert refused_field(clean_body, character) == "body"


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "\n\t \r\n",
        "\u00a0\u2003\u3000",
        "\u200b",
        "\u200b\u200d\ufeff",
        "\ufe0f",
        "\u0301",
        "\u3164",
        "\u2800",
    ],
    ids=ascii,
)
def test_a_body_without_anything_to_see_is_refused(nothing):
    assert refused_field(clean_body, nothing) == "body"


def test_a_body_has_at_most_8000_characters_whatever_their_size():
    assert len(clean_body("🙂" * 8000)) == 8000
    assert refused_field(clean_body, "a" * 8001) == "body"


def test_space_around_a_body_is_not_counted_and_not_kept():
    assert clean_body(f"\n  {'a' * 8000}\r\n") == "a" * 8000


def test_all_line_ends_become_one_kind_and_tabs_stay():
    assert clean_body("a\r\nb\rc\nd\te") == "a\nb\nc\nd\te"


@given(st.text())
def test_a_cleaned_body_is_clean(body):
    try:
        cleaned = clean_body(body)
    except Invalid:
        return
    assert clean_body(cleaned) == cleaned
    assert cleaned.encode().decode() == cleaned


# --- Lines, names, slugs, emoji ---------------------------------------------------------------------------------------


def test_a_line_is_trimmed_and_may_be_as_long_as_its_kind_allows():
    assert clean_line("  Harbour  ", name="title", longest=7) == "Harbour"
    assert refused_field(clean_line, "Harbours", name="title", longest=7) == "title"


@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a\tb", "a\0b"], ids=ascii)
def test_a_line_holds_no_breaks_and_no_control_characters(line):
    assert refused_field(clean_line, line, name="topic", longest=80) == "topic"


def test_only_a_line_that_is_not_required_may_be_empty():
    assert clean_line(" ", name="topic", longest=80, required=False) == ""
    assert refused_field(clean_line, " ", name="title", longest=80) == "title"


@pytest.mark.parametrize("name", ["a", "anna", "a.b-c_d", "0", "a" * 32])
def test_a_username_is_a_short_ascii_word(name):
    assert clean_username(f" {name.upper()}\n") == name


@pytest.mark.parametrize("name", ["", " ", "a" * 33, "-a", "a-", ".", "an na", "änna", "a@b", "a/b", "a\0b", "🙂"])
def test_any_other_username_is_refused(name):
    assert refused_field(clean_username, name) == "username"


@pytest.mark.parametrize("slug", ["a", "harbour", "room-1", "9", "a" * 64])
def test_a_slug_is_made_of_letters_digits_and_inner_hyphens(slug):
    assert clean_slug(slug) == slug


@pytest.mark.parametrize(
    "slug", ["", "a" * 65, "-a", "a-", "A", "a b", "a/b", "../a", "ä", "комната", "a\n", "a\0", "%2e", "a.b"], ids=ascii
)
def test_any_other_slug_is_refused(slug):
    assert refused_field(clean_slug, slug) == "room"


@pytest.mark.parametrize("client_id", ["a", "0f-1e/2d", " ", "~" * 64])
def test_a_client_id_is_printable_ascii(client_id):
    assert clean_client_id(client_id) == client_id


@pytest.mark.parametrize("client_id", ["", "a" * 65, "ä", "a\n", "\0", "\x7f", "\ud800"], ids=ascii)
def test_any_other_client_id_is_refused(client_id):
    assert refused_field(clean_client_id, client_id) == "client_id"


@pytest.mark.parametrize("emoji", EMOJI)
def test_every_kind_of_emoji_is_one(emoji):
    assert clean_emoji(emoji) == emoji


@pytest.mark.parametrize(
    "other",
    [
        "",
        "a",
        "1",
        "#",
        "あ",
        "lol👍",
        "👍👍",
        "👍 ",
        "👍\n",
        "👍\0",
        "🇩",
        "\u200d",
        "👍\u200d",
        "<b>",
        "\ud83d",
        "👍\u200d" * 16,
    ],
    ids=ascii,
)
def test_text_two_emoji_and_halves_of_one_are_not_an_emoji(other):
    assert refused_field(clean_emoji, other) == "emoji"


@pytest.mark.parametrize("name", ["har\0bour", "\ud800", "\x1b"], ids=ascii)
def test_what_no_row_can_hold_is_not_found_instead_of_looked_for(name):
    with pytest.raises(NotFound):
        findable(name)
    assert findable("Anything else") == "Anything else"


# --- Mentions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("@anna", ["anna"]),
        ("hello @anna, @ben!", ["anna", "ben"]),
        ("@Anna and @ANNA", ["anna"]),
        ("(@anna.b-c_d)", ["anna.b-c_d"]),
        ("@anna. @ben: @cleo?", ["anna", "ben", "cleo"]),
        ("@ben @anna", ["ben", "anna"]),
        ("mail anna@example.org", []),
        ("https://example.org/@anna", []),
        ("@@anna @ @-", []),
        (f"@{'a' * 33}", []),
        ("@änna", []),
    ],
)
def test_a_mention_is_an_at_sign_and_a_username_at_the_beginning_of_a_word(body, names):
    assert mentioned(body) == names

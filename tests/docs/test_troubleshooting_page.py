"""The page names close codes, settings and messages as they are."""

import re

from chat.conf import Conf
from chat.domain.closing import CloseCode
from tests.docs.page import DOCS, PROJECT

PAGE = (DOCS / "troubleshooting.md").read_text()
SETTINGS = (DOCS / "settings.md").read_text()


def test_every_code_is_one_the_server_sends():
    named = {int(code) for code in re.findall(r"`disconnect` (\d{4})", PAGE)}
    assert named <= {int(code) for code in CloseCode}
    assert len(named) > 4


def test_every_variable_is_one_that_is_read():
    named = set(re.findall(r"`(?:PARLEY|DATABASE|CSRF|ALLOWED)_[A-Z_]+", PAGE))
    assert named
    assert all(f"{name}`" in SETTINGS for name in named)
    assert set(re.findall(r"`PARLEY_([A-Z_]+)", PAGE)) & set(Conf.__dataclass_fields__)


def test_every_message_of_ours_is_said_so():
    code = "".join(path.read_text() for folder in ("chat", "config") for path in (PROJECT / folder).rglob("*.py"))
    joined = re.sub(r'"\s*\n\s*f?"', "", code)
    for words in (
        "is taken by another program",
        "need {SHORTEST_KEY} random characters",
        "SQLite has one writer, so one worker serves it",
    ):
        assert words in joined

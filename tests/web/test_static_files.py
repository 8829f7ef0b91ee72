"""The page's own files: kept by browsers for good, and never mixed with those of another version."""

import gzip
import re
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client

from chat.web.version import version
from tests.web.conftest import text

GZIP = {"accept-encoding": "gzip, br"}
LINK = re.compile(r'<link rel="(stylesheet|modulepreload)" href="([^"]+)"( fetchpriority="low")?>')


@pytest.mark.django_db
def test_all_that_a_page_loads_is_kept_for_good_and_comes_compressed(anna: Client) -> None:
    links = LINK.findall(text(anna.get("/browse/")))
    assert [kind for kind, _, _ in links].count("stylesheet") == 1
    assert len(links) > 20
    for kind, address, behind in links:
        assert bool(behind) == (kind == "modulepreload"), "the scripts must leave the line to the styles"
        answer = anna.get(address, headers=GZIP)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(answer.content) == anna.get(address).content


def test_the_styles_are_one_file(client: Client) -> None:
    answer = client.get(static("chat/css/app.css"))
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert text(answer).index("@layer tokens, base") < text(answer).index("--paper:") < text(answer).index(".message")
    assert "@import" not in text(answer)


def test_a_file_of_another_version_is_answered_and_not_kept(client: Client) -> None:
    address = static("chat/js/app.js")
    assert version() in address
    answer = client.get(address.replace(version(), "0" * 16))
    assert answer.content == client.get(address).content
    assert answer.headers["Cache-Control"] == "no-cache"


def test_files_are_there_by_their_names_too(client: Client) -> None:
    by_name = client.get("/static/chat/js/app.js")
    assert b"".join(by_name) == client.get(static("chat/js/app.js")).content
    assert client.get(f"/static/v{version()}/chat/chat.proto").status_code == 404


def test_while_one_works_on_them_they_keep_their_names(settings: Any) -> None:
    settings.DEBUG = True
    assert static("chat/js/app.js") == "/static/chat/js/app.js"


@pytest.mark.django_db
def test_pages_come_compressed_to_who_takes_it(anna: Client) -> None:
    answer = anna.get("/browse/", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert b"<!doctype html>" in gzip.decompress(answer.content)

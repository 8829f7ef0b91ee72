"""The README is true: its commands are there, its links lead somewhere, its five lines of curl do what it says."""

import asyncio
import json
import re

import pytest
from django.core.management import get_commands

from tests.docs.page import DOCS, PROJECT, blocks, fill, links
from tests.inhabited import PASSWORD

README = PROJECT / "README.md"
PAGES = [README, PROJECT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


@pytest.fixture
async def room(chat, curl):
    """A chat that anna uses, with a room named general."""
    async with chat.rest("anna") as rest:
        if (await rest.get("rooms/general")).status_code == 404:
            (await rest.post("rooms", json={"room": "general"})).raise_for_status()
    return chat


async def _run(chat, line: str, **known: str) -> str:
    """What a line of curl prints."""
    there = fill(line.replace("http://127.0.0.1:8000", chat.server.url), known)
    process = await asyncio.create_subprocess_shell(
        there, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"{there} ended with {process.returncode}"
    return output.decode()


async def test_the_five_lines_of_curl_do_what_is_said(room):
    [text] = [block.text for block in blocks(README) if block.text.startswith("curl")]
    token_line, send_line, history_line, events_line, wrong_line = text.splitlines()
    token = json.loads(await _run(room, token_line, PASSWORD=PASSWORD))["token"]
    sent = json.loads(await _run(room, send_line, TOKEN=token))
    assert sent["body"] == "Hello from curl"
    assert json.loads(await _run(room, send_line, TOKEN=token)) == sent
    assert sent in json.loads(await _run(room, history_line, TOKEN=token))["results"]
    events = json.loads(await _run(room, events_line, TOKEN=token))
    assert sent["seq"] in [event["seq"] for event in events["events"]]
    again = events_line.replace("?after=0", f"?after={events['cursor']}&epoch={events['epoch']}")
    assert json.loads(await _run(room, again, TOKEN=token))["events"] == []
    refused = await _run(room, wrong_line)
    assert refused.startswith("HTTP/1.1 401")
    assert json.loads(refused.splitlines()[-1])["error"]["code"] == "unauthenticated"


def test_every_make_command_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", page.read_text(), re.MULTILINE))
        assert named <= targets, f"{page.name}: {named - targets}"
    assert {"run", "test"} <= targets


def test_every_management_command_exists():
    for page in PAGES:
        named = set(re.findall(r"manage\.py ([a-z_]+)", page.read_text()))
        assert named <= get_commands().keys(), f"{page.name}: {named - get_commands().keys()}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_exist(page):
    for link in links(page):
        path, _, heading = link.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), f"{page.name} points to {link}"
        if heading:
            assert heading in _anchors(there.read_text()), f"{page.name} points to {link}"


def _anchors(text: str) -> set[str]:
    """The names that headings get in a link."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_every_page_can_be_reached_from_the_readme():
    reached = {README}
    fresh = [README]
    while fresh:
        page = fresh.pop()
        found = {(page.parent / link.partition("#")[0]).resolve() for link in links(page) if link.endswith(".md")}
        fresh += found - reached
        reached |= found
    decisions = DOCS / "decisions"
    assert {page for page in PAGES if page.parent != decisions} <= reached

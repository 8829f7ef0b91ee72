"""The page of the security review names tests that exist, for every threat it should speak of."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.page import DOCS, PROJECT

PAGE = DOCS / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
THREATS = {
    "XSS", "CSRF", "Cross-site WebSocket hijacking", "Injection", "SSRF", "IDOR", "Floods", "Slow readers",
    "Decompression", "ReDoS", "Session fixation", "Replayed tickets", "Timing", "Log injection",
    "Proxy header spoofing",
}  # fmt: skip


def _rows() -> list[list[str]]:
    """The cells of the table of threats."""
    table = PAGE.read_text().split("\n## Threats\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def _tests(path: Path) -> set[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, functions)}


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(PAGE.read_text()))))
def test_every_test_that_is_named_exists(path, name):
    assert name in _tests(PROJECT / path)


def test_every_threat_is_spoken_of_and_has_its_proof():
    rows = {row[0]: row for row in _rows()}
    assert rows.keys() >= THREATS
    assert [name for name, row in rows.items() if len(row) != 3 or not NAMED.search(row[2])] == []


def test_it_says_how_to_report():
    assert "](../SECURITY.md)" in PAGE.read_text()
    assert (PROJECT / "SECURITY.md").exists()

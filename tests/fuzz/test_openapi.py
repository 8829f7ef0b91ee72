"""Schemathesis takes the OpenAPI document at its word: no answer is a fault of ours, and none is undocumented."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conformance.sizes import size
from tests.fuzz.conftest import unmoved
from tests.inhabited import Chat

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance"
)
OPTIONS = (
    "--exclude-operation-id", "stream_events",  # which never ends
    "--checks", CHECKS, "--generation-deterministic", "--continue-on-failure", "--no-color",
    "--max-examples", str(size(3, 20)), "--request-timeout", "60",
)  # fmt: skip
WHOLE = size("fuzzing", "coverage,fuzzing")
"""In full also every edge of every parameter, one by one, which takes most of the time."""


def fuzz(chat: Chat, phases: str, token: str = "") -> str:
    """Runs it with this credential; what it says, without an undocumented answer."""
    bearer = ("--header", f"Authorization: Bearer {token}") if token else ()
    config = ("--config-file", str(Path(__file__).with_name("schemathesis.toml")))
    address = f"{chat.server.url}/api/v1/schema/"
    command = [sys.executable, "-m", "schemathesis.cli", *config, "run", address, *bearer, *OPTIONS, "--phases", phases]
    with unmoved(chat.server):
        done = subprocess.run(command, cwd=chat.server.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tokens(fuzzed: Chat) -> dict[str, str]:
    """A token for each; ben's can do what a member can, cleo's only read."""
    made = {
        who: fuzzed.server.manage("create_token", name, "--scopes", scopes).splitlines()[-1]
        for who, name, scopes in [
            ("admin", "anna", "read,write,moderate"),
            ("member", "ben", "read,write"),
            ("reader", "cleo", "read"),
        ]
    }
    return made | {"nobody": ""}


@pytest.mark.parametrize(
    ("who", "phases"),
    [("admin", WHOLE), ("member", WHOLE), ("reader", "fuzzing"), ("nobody", "fuzzing")],
)
def test_no_answer_is_a_fault_of_ours_or_undocumented(fuzzed: Chat, tokens: dict[str, str], who: str, phases: str):
    said = fuzz(fuzzed, phases, tokens[who])
    assert "passed" in said
    address = f"{fuzzed.server.url}/api/v1/people"
    bearer = {"authorization": f"Bearer {tokens[who]}"} if tokens[who] else {}
    left = httpx.get(address, headers=bearer, trust_env=False).status_code
    assert left == (200 if bearer else 401), "the credential did not outlive the run, which then shows nothing"

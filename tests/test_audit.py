"""The audit of what is installed: a known fault fails, and what could not be looked up is said."""

import runpy

import pytest

from tests.servers.chat import PROJECT

verdict = runpy.run_path(str(PROJECT / ".ci/audit.py"))["verdict"]

FINE = {"name": "django", "version": "5.2.19", "vulns": []}
FAULTY = {"name": "oldlib", "version": "1.0", "vulns": [{"id": "CVE-1", "fix_versions": ["1.1", "2.0"]}]}
HOPELESS = {"name": "badlib", "version": "1.0", "vulns": [{"id": "CVE-2", "fix_versions": []}]}
UNKNOWN = {"name": "ourlib", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "said", "code"),
    [
        ([FINE], ["Nothing is known against 1 packages."], 0),
        ([FINE, FAULTY], ["oldlib 1.0: CVE-1, mended in 1.1, 2.0"], 1),
        ([HOPELESS, UNKNOWN], ["badlib 1.0: CVE-2, mended in no version", "NOT AUDITED: ourlib."], 1),
        ([FINE, UNKNOWN], ["Nothing is known against 1 packages.", "NOT AUDITED: ourlib."], 0),
        ([UNKNOWN], ["NOT AUDITED: the advisory service could not be asked about any package."], 0),
        ([], ["NOT AUDITED: the advisory service could not be asked about any package."], 0),
    ],
)
def test_a_report_is_judged(packages, said, code):
    assert verdict({"dependencies": packages}) == (said, code)

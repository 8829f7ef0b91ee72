"""The floors of the house, checked as part of the tests."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def test_upper_floors_import_lower_ones_and_never_the_reverse():
    done = subprocess.run([sys.executable, "-c", LINT], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

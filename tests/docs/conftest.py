"""What the examples on the pages need of the machine."""

import shutil

import pytest


@pytest.fixture
def curl() -> None:
    """The pages show curl."""
    if shutil.which("curl") is None:
        pytest.skip("NOT TESTED: no curl")

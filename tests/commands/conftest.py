"""Commands, run as they are typed."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture
def manage(transactional_db) -> Callable[..., list[str]]:
    """Runs a command in this process; what it says, by lines."""

    def run(*arguments: str) -> list[str]:
        said = StringIO()
        call_command(*arguments, stdout=said, stderr=StringIO())
        return said.getvalue().splitlines()

    return run

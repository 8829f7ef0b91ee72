"""How large the promises are shown: small in every run, as they are worded with PROVE=1 (`make prove`)."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

PROVE = bool(os.environ.get("PROVE"))
Size = TypeVar("Size", int, float, str)


def size(small: Size, promised: Size) -> Size:
    """The size of this run."""
    return promised if PROVE else small


@contextmanager
def report(what: str) -> Iterator[Callable[[str], None]]:
    """Measures the block; the function prints what happened in it. Shown by `pytest -s` and when a test fails."""
    began = time.monotonic()
    ended: list[float] = []
    yield lambda happened: print(f"{what}: {happened} in {ended[0] - began:.2f} s")
    ended.append(time.monotonic())

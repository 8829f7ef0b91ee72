"""Which way to take: the best that is not blocked."""

from collections.abc import Sequence
from typing import Generic, TypeVar

DOUBTS = 2
"""How often a way must fail without a clear answer before it counts as blocked: a restarting server does it once."""

T = TypeVar("T")


class Ladder(Generic[T]):
    """The ways, best first, and the one in use."""

    def __init__(self, ways: Sequence[T]) -> None:
        self._ways = ways
        self._place = 0
        self._doubts = 0

    @property
    def way(self) -> T:
        """The way to take."""
        return self._ways[self._place]

    @property
    def best(self) -> T:
        """The way to return to."""
        return self._ways[0]

    @property
    def at_top(self) -> bool:
        """Whether there is no better way."""
        return self._place == 0

    def opened(self) -> None:
        """This way is passable."""
        self._doubts = 0

    def is_blocked(self, *, certain: bool) -> bool:
        """Judges a failure: whether it is time for the next way. Below the last there is none: all begins anew."""
        self._doubts += 1
        if not certain and self._doubts < DOUBTS:
            return False
        if self._place + 1 < len(self._ways):
            return True
        self.step_up()
        return False

    def step_down(self) -> None:
        """Takes the next way."""
        self._place += 1
        self._doubts = 0

    def step_up(self) -> None:
        """Takes the best way again."""
        self._place = 0
        self._doubts = 0

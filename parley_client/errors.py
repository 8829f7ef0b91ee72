"""What can go wrong, as whoever uses the client sees it."""

REPEATABLE = frozenset({"rate_limited", "overloaded", "unavailable"})


class ParleyError(Exception):
    """Whatever this package raises."""


class Refused(ParleyError):
    """The server said no: `code` for programs, the message for people.

    `fields` has a sentence for each faulty input, `retry_after_ms` says when repeating may succeed.
    """

    def __init__(
        self,
        code: str,
        message: str,
        retry_after_ms: int | None = None,
        fields: dict[str, str] | None = None,
    ) -> None:
        explained = [message, *(f"{name}: {sentence}" for name, sentence in (fields or {}).items())]
        super().__init__(f"{code}: {' '.join(explained)}")
        self.code = code
        self.message = message
        self.retry_after_ms = retry_after_ms
        self.fields = fields

    @property
    def repeatable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.code in REPEATABLE


class Unreachable(ParleyError):
    """No answer came, so nobody knows whether the server did what it was asked."""


class Closed(ParleyError):
    """The client has ended and does not come back: closed here (1000), or sent away by the server."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code
        self.reason = reason

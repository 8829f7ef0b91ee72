"""What can go wrong, as the wire says it: one class, one code and one HTTP status each.

The codes are the contract of the REST envelope and of error frames alike; `retryable` ones are worth repeating.
"""

from typing import ClassVar


class ChatError(Exception):
    """A refusal with a code for programs and a sentence for people.

    `retry_after_ms` says when repeating may succeed; `fields` names the faulty inputs, each with its sentence.
    """

    code: ClassVar[str] = "unavailable"
    status: ClassVar[int] = 503
    retryable: ClassVar[bool] = False
    default: ClassVar[str] = "The server cannot answer right now."

    def __init__(
        self,
        message: str = "",
        *,
        retry_after_ms: int | None = None,
        fields: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message or self.default)
        self.message = message or self.default
        self.retry_after_ms = retry_after_ms
        self.fields = fields

    @property
    def explained(self) -> str:
        """The message and what is said of each field, in one line for people."""
        return " ".join([self.message, *(f"{name}: {sentence}" for name, sentence in (self.fields or {}).items())])


class Invalid(ChatError):
    code, status, default = "invalid", 400, "The request is not valid."


class UnknownCommand(ChatError):
    code, status, default = "unknown_command", 400, "There is no such command."


class Unauthenticated(ChatError):
    code, status, default = "unauthenticated", 401, "Sign in first."


class Forbidden(ChatError):
    code, status, default = "forbidden", 403, "You may not do this."


class NotFound(ChatError):
    code, status, default = "not_found", 404, "There is no such thing, or it is not yours to see."


class Conflict(ChatError):
    code, status, default = "conflict", 409, "This contradicts what is already there."


class Muted(ChatError):
    code, status, default = "muted", 403, "You are muted here."


class Banned(ChatError):
    code, status, default = "banned", 403, "You are banned here."


class Locked(ChatError):
    code, status, default = "locked", 403, "This room is closed for writing."


class SlowMode(ChatError):
    code, status, retryable, default = "slow_mode", 429, False, "This room is in slow mode."


class Blocked(ChatError):
    code, status, default = "blocked", 403, "A rule of this room blocks this text."


class RateLimited(ChatError):
    code, status, retryable, default = "rate_limited", 429, True, "Too fast; wait a little."


class TooLarge(ChatError):
    code, status, default = "too_large", 413, "This is larger than the server takes."


class Overloaded(ChatError):
    code, status, retryable, default = "overloaded", 503, True, "The server is busy; try again soon."


class Unavailable(ChatError):
    retryable = True


ALL: dict[str, type[ChatError]] = {
    error.code: error
    for error in (
        Invalid,
        UnknownCommand,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Muted,
        Banned,
        Locked,
        SlowMode,
        Blocked,
        RateLimited,
        TooLarge,
        Overloaded,
        Unavailable,
    )
}

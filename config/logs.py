"""The shape of log lines: JSON for machines or plain for people, the same for the chat's lines and all others."""

import logging
import os
import re
from typing import Any, Literal

import structlog

DETAIL = re.compile(r"^DETAIL: .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
"""What PostgreSQL adds to an error: the values of the row, which may be what people wrote."""


class WithoutPaths(logging.Filter):
    """Lines about a request name its route: in a path there may be names, codes and whatever somebody typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets all lines pass."""
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple) and record.args:
            match = getattr(request, "resolver_match", None)
            record.args = (*record.args[:-1], f"/{match.route}" if match else "an unknown address")
        return True


class WithoutTraceback(logging.Filter):
    """For what others do wrong: where in the framework it was noticed helps nobody."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets all lines pass."""
        record.exc_info = record.exc_text = None
        return True


def _name_worker(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    event["worker"] = os.getpid()
    return event


def _without_details(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    if "exception" in event:
        event["exception"] = DETAIL.sub("DETAIL: left out", event["exception"])
    return event


def _on_one_line(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Nobody begins a line of their own by what they send."""
    event["event"] = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(event["event"]))
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    _name_worker,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def configure(style: Literal["json", "pretty"], level: str) -> dict[str, Any]:
    """Sets structlog up and returns Django's LOGGING; every line goes to standard error."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # The pretty renderer's own tracebacks would show local values, and these may be what people wrote.
    safe = [structlog.processors.format_exc_info, _without_details, _on_one_line]
    pretty = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer = structlog.processors.JSONRenderer() if style == "json" else pretty
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *safe, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "filters": {"routes": {"()": WithoutPaths}, "short": {"()": WithoutTraceback}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["routes"]}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "parley": {"level": level},
            "chat": {"level": level},
            "django": {"level": "WARNING"},
            "django.security.DisallowedHost": {"filters": ["short"]},
        },
    }

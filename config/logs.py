"""The shape of log lines: JSON for machines or plain for people, the same for the chat's lines and all others."""

from typing import Any, Literal

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
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
    machine = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # The pretty renderer's own tracebacks show local values, and these may be what people wrote.
    people = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    renderers = machine if style == "json" else people
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "parley": {"level": level},
            "chat": {"level": level},
            "django": {"level": "WARNING"},
        },
    }

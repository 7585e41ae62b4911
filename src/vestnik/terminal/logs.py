"""What a program says on stderr while it serves: a line for a person, or JSON for a program."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

__all__ = ["log_to_stderr", "logger"]

TALKATIVE = ("uvicorn", "alembic")
"""They greet, count their plugins and say goodbye: what matters of it, we say ourselves."""

_SHARED: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)

_FOR_LOGGING: tuple[Processor, ...] = (
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.processors.StackInfoRenderer(),
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger that says nothing where nobody has called `log_to_stderr`.

    structlog's own would then print to stdout, into the output of whoever uses us as a library.
    """
    made: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(name),
        processors=_FOR_LOGGING,
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return made


def log_to_stderr(*, as_json: bool = False, level: int = logging.INFO) -> None:
    """Send the log of this process to stderr, that of structlog and that of `logging` alike.

    Args:
        as_json: Write an object a line.
        level: What is less important is not written.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(_json() if as_json else _lines()),
            ],
            foreign_pre_chain=_SHARED,
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in TALKATIVE:
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=_FOR_LOGGING,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _lines() -> list[Processor]:
    # The plain traceback: the pretty ones show local variables, and people's words are in them.
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]

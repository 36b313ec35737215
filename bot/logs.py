"""Logs on standard error, for people or for machines, with no secret in them.

whobot's own events (structlog) and those of its libraries (logging) take one way out. Secrets are removed from the
finished text, so that no message, value, exception or traceback can carry one past.
"""

import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Literal, TextIO

import structlog

from bot.redact import Redactor

NOISY = ("httpx", "httpcore", "aiohttp.access", "alembic", "asyncio", "fontTools", "PIL")
"""Loggers of libraries that tell of every request or step at INFO: heard from WARNING on."""
OWN = "bot"
"""The logger of all that is whobot's own. Libraries are heard from INFO on, whatever they are: at DEBUG those of
platforms write messages, names and the addresses of pictures."""


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    style: Literal["console", "json"] = "console",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send all logging, and uncaught exceptions, to `stream` (standard error) with `secrets` removed."""
    stream = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if style == "console" else "iso", utc=style == "json"),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = _RedactingHandler(stream, Redactor(secrets))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(style, stream)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.getLogger(OWN).setLevel(level.upper())
    root.setLevel(max(logging.getLogger(OWN).level, logging.INFO))
    for name in NOISY:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda caught: _log_uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)
    threading.excepthook = lambda caught: _log_uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)


def _renderers(style: Literal["console", "json"], stream: TextIO) -> list[structlog.typing.Processor]:
    if style == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty() and "NO_COLOR" not in os.environ,
            repr_native_str=True,  # a line break in a value cannot forge a line
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]


class _RedactingHandler(logging.StreamHandler[TextIO]):
    """Writes records with the secrets removed, even where writing one goes wrong."""

    def __init__(self, stream: TextIO, redact: Redactor) -> None:
        super().__init__(stream)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's name
        # logging's own version would print the record's arguments as they are.
        failure = f"{record.name}: a record cannot be logged\n{traceback.format_exc()}"
        try:
            self.stream.write(self._redact(failure))
        except (OSError, ValueError):  # standard error is closed: nothing more can be reported
            return


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger("whobot").critical("uncaught_exception", exc_info=(kind, error or kind(), trace))

"""Reports of errors to a Sentry server, where the operator has one. Off by default.

What is sent of an error is its kind, where in the code it happened, and the id under which the log has the rest. Never
sent are local variables, the error's own words (they may quote what a user wrote), pictures, and names of people, of
chats and of this machine.
"""

import atexit
import logging
import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from bot.config import Sentry
from bot.errors import ConfigError
from bot.redact import Redactor

KEPT = ("event_id", "timestamp", "platform", "level", "logger", "release", "tags", "exception", "message")
"""Of what Sentry's library would send of an event."""
TAGS = ("request", "platform", "id", "kind")
"""Of the fields of a log line."""
LAST_SECONDS = 2.0
"""How long the end waits for reports that are still on their way: the last one says why it is the end."""


def check(settings: Sentry) -> None:
    """Look whether reports could be made, where there is a DSN.

    Raises:
        ConfigError: the library is not installed, or the DSN is none.
    """
    if settings.dsn is None:
        return
    try:
        import sentry_sdk  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError("sentry.dsn is set, but Sentry's library is missing: install whobot[sentry]") from error
    try:
        sentry_sdk.utils.Dsn(settings.dsn.get_secret_value())
    except sentry_sdk.utils.BadDsn as error:
        raise ConfigError("sentry.dsn is no DSN: copy it from your Sentry project's settings") from error


def start(settings: Sentry, release: str, secrets: Iterable[str] = (), **options: Any) -> None:
    """Report what is logged as an error, from now on; nothing where there is no DSN.

    Args:
        options: Further ones of Sentry's library.

    Raises:
        ConfigError: the library is not installed, or the DSN is none.
    """
    check(settings)
    if settings.dsn is None:
        return
    import sentry_sdk  # noqa: PLC0415

    redact = Redactor(secrets)
    sentry_sdk.init(
        dsn=settings.dsn.get_secret_value(),
        release=release,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=lambda event, _: scrub(event, redact),
        **options,
    )
    logging.getLogger().addHandler(_Reporter(sentry_sdk))
    atexit.register(sentry_sdk.flush, LAST_SECONDS)


def scrub(event: Any, redact: Redactor) -> Any:
    """Return what may be sent of an event."""
    kept = {key: event[key] for key in KEPT if key in event}
    for error in kept.get("exception", {}).get("values", ()):
        error["value"] = ""
    return _redacted(kept, redact)


class _Reporter(logging.Handler):
    """Reports records from ERROR on; structlog's come as a dictionary of what was logged."""

    def __init__(self, sentry: ModuleType) -> None:
        super().__init__(logging.ERROR)
        self._sentry = sentry

    def emit(self, record: logging.LogRecord) -> None:
        # Only whobot's own events are known to be words of its code: a library's message may quote a user.
        own = record.msg if isinstance(record.msg, Mapping) else {}
        event = str(own.get("event", f"an error of {record.name}"))
        error = _error(own.get("exc_info") or record.exc_info)
        try:
            with self._sentry.new_scope() as scope:
                for tag in TAGS:
                    if tag in own:
                        scope.set_tag(tag, str(own[tag]))
                scope.set_tag("event", event)
                if error is None:
                    scope.capture_message(event, level="error")
                else:
                    scope.capture_exception(error)
        except Exception:  # noqa: BLE001 - a report that fails must not become an error of its own
            self.handleError(record)


def _error(exc_info: Any) -> BaseException | None:
    match exc_info:
        case True:
            return sys.exc_info()[1]
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case _:
            return None


def _redacted(value: Any, redact: Redactor) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: _redacted(inner, redact) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(inner, redact) for inner in value]
    return value

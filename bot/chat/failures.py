"""Logs and counts failures, and says what the chat is told of each."""

import structlog

from bot.chat.model import Bug, Failure, Unstored
from bot.errors import OperatorError, StoreError, UserError
from bot.metrics import Metrics

log = structlog.get_logger(__name__)


class FailureLog:
    """Records failures. The id of the request that failed is in the log's context."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def record(self, platform: str, error: Exception) -> Failure:
        """Log and count `error`, and return what to tell the chat."""
        if isinstance(error, UserError):
            log.info("refused", kind=error.kind, reason=str(error))
            self._metrics.failed(platform, error.kind)
            return error
        if isinstance(error, OperatorError):
            # The database may be down for hours: one line each time, not the traceback of a bug.
            log.error("failed", kind=type(error).__name__, problem=str(error))
            self._metrics.failed(platform, "installation")
        else:
            log.error("failed", exc_info=error)
            self._metrics.failed(platform, "internal")
        id_ = structlog.contextvars.get_contextvars()["request"]
        return Unstored(id_) if isinstance(error, StoreError) else Bug(id_)

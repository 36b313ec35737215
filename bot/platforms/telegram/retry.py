"""Repeats requests that may succeed a second time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

T = TypeVar("T")

ATTEMPTS = 3
LONGEST_WAIT = 30.0
"""Seconds that flood control may ask for; a later answer would help nobody."""
_AFTER_BROKEN_CONNECTION = 1.0


async def with_retries(call: Callable[[], Awaitable[T]]) -> T:
    """Make a request, and again when flood control has passed or the connection broke.

    A request that timed out is not repeated: it may have been carried out, and nobody wants an answer twice.

    Raises:
        TelegramError: the last attempt's.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await call()
        except RetryAfter as error:
            wait = _seconds(error.retry_after)
            if wait > LONGEST_WAIT:
                raise
            await pause(wait)
        except (BadRequest, TimedOut):
            raise
        except NetworkError:
            await pause(_AFTER_BROKEN_CONNECTION)
    return await call()


async def pause(seconds: float) -> None:
    """Wait until Telegram takes more of this chat, or the network is back."""
    await asyncio.sleep(seconds)


def _seconds(period: int | timedelta) -> float:
    return period.total_seconds() if isinstance(period, timedelta) else float(period)

"""The spinner on a button that was pressed: it turns until the press is answered, and that can be done but once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from telegram import Bot, CallbackQuery
from telegram.constants import CallbackQueryLimit
from telegram.error import TelegramError

from bot.platforms.telegram.retry import with_retries

log = structlog.get_logger(__name__)

TIMEOUT = 2.0
"""Seconds after which the spinner is stopped, whether or not the work is done."""
_NOTICE_LIMIT = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
_GLANCE = 60
"""Characters that can be read in the moment that a notice stands; a longer one stays until it is closed."""


class Spinner:
    """The spinner of one press."""

    def __init__(self, bot: Bot, query: CallbackQuery) -> None:
        self._bot = bot
        self._query = query
        self._turns = True
        self._stopping = asyncio.Lock()

    async def stop(self, words: str = "") -> bool:
        """Stop the spinner, showing `words` to the one who pressed. False where it has been stopped before."""
        async with self._stopping:
            if not self._turns:
                return False
            self._turns = False
            try:
                await with_retries(
                    lambda: self._bot.answer_callback_query(
                        self._query.id, shortened(words) or None, show_alert=len(words) > _GLANCE or None
                    )
                )
            except TelegramError as error:
                # Telegram refuses answers to old presses; the user no longer waits for them.
                log.info("a press could not be answered", platform="telegram", reason=error.message)
            return True

    async def stop_in_time(self) -> None:
        """Stop the spinner after `TIMEOUT`."""
        await asyncio.sleep(TIMEOUT)
        await self.stop()


@asynccontextmanager
async def spinning(bot: Bot, query: CallbackQuery) -> AsyncIterator[Spinner]:
    """Stop the spinner of a press when the block ends, or after `TIMEOUT`; the block may do so with words before."""
    spinner = Spinner(bot, query)
    timer = asyncio.create_task(spinner.stop_in_time())
    try:
        yield spinner
    except Exception:
        await spinner.stop()
        raise
    else:
        await spinner.stop()
    finally:
        timer.cancel()
        await asyncio.wait([timer])


def shortened(words: str) -> str:
    """Cut what is too long for a notice, between words."""
    if len(words) <= _NOTICE_LIMIT:
        return words
    head = words[: _NOTICE_LIMIT - 1]
    return f"{head[: head.rfind(' ')] if ' ' in head else head}…"

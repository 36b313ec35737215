"""Shows that an answer is on its way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.chat.model import Progress, Stage
from bot.platforms.telegram.delivery import Address

_RENEWAL = 4.0
"""Telegram shows a chat action for five seconds."""


@asynccontextmanager
async def presence(bot: Bot, address: Address) -> AsyncIterator[Callable[[Progress], Awaitable[None]]]:
    """Yield a listener that has "sending a photo…" stand in the chat from acceptance until the block ends."""
    showing: asyncio.Task[None] | None = None

    async def listen(progress: Progress) -> None:
        nonlocal showing
        if progress.stage is Stage.ACCEPTED and showing is None:
            showing = asyncio.create_task(_show(bot, address))

    try:
        yield listen
    finally:
        if showing is not None:
            showing.cancel()
            await asyncio.wait([showing])


async def _show(bot: Bot, address: Address) -> None:
    try:
        while True:
            await bot.send_chat_action(address.chat_id, ChatAction.UPLOAD_PHOTO, message_thread_id=address.thread_id)
            await asyncio.sleep(_RENEWAL)
    except TelegramError:
        # Only a courtesy: the answer itself will tell what is wrong with this chat.
        return

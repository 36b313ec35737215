"""Albums: Telegram sends the pictures of one album as messages of their own, one after the other."""

import asyncio

from telegram import Message
from telegram.constants import MediaGroupLimit

from bot.platforms.shared.intake import Errand, errand

_QUIET = 0.6
"""Seconds without a new picture after which an album is taken for complete: nothing marks the last one."""


class Albums:
    """Brings the messages of each album together again."""

    def __init__(self) -> None:
        self._collecting: dict[tuple[int, str | None], list[Message]] = {}
        self._errands: dict[tuple[int, str | None], Errand | None] = {}

    def add(self, message: Message) -> bool:
        """Take a message in. True for the first one of an album: its receiver awaits `complete`."""
        parts = self._collecting.setdefault(_key(message), [])
        parts.append(message)
        whole = self._errands.setdefault(_key(message), errand())
        if whole and (part := errand()):
            whole.take_in(part)
        return len(parts) == 1

    async def complete(self, first: Message) -> tuple[Message, ...]:
        """Wait until no more messages come, and give all of the album, in the order in which they were sent."""
        parts = self._collecting[_key(first)]
        seen = 0
        while seen < len(parts) < MediaGroupLimit.MAX_MEDIA_LENGTH:
            seen = len(parts)
            await asyncio.sleep(_QUIET)
        del self._collecting[_key(first)], self._errands[_key(first)]
        return tuple(sorted(parts, key=lambda message: message.message_id))


def _key(message: Message) -> tuple[int, str | None]:
    return message.chat.id, message.media_group_id
